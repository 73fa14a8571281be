import { IconBell, IconCheck, IconRefresh, IconUserCheck, IconX, ProblemAlert } from "@atiende/ui";
import { Badge, Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { wordsOf } from "../../app/problems";
import { sayFailed } from "../../app/toasts";
import { useSession } from "../../auth/context";
import { useCatalogue } from "../../data/city";
import { useShortcuts } from "../../keyboard/useShortcuts";
import { Time } from "../../parts/Time";
import classes from "./Counter.module.css";
import type { Place } from "./place";
import { turnActions, turnsQuery, type Turn } from "./queries";

interface Props {
  place: Place;
  /** The case that was opened for whoever is at the window now. */
  caseId: string | null;
  onFinished: () => void;
}

/** The turn of this window: call, call again, attend, absent, done; and who waits. */
export function TurnPanel({ place, caseId, onFinished }: Props) {
  const { t } = useTranslation();
  const { subject } = useSession();
  const turns = useQuery(turnsQuery(place.unit));
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (act: () => Promise<Turn>) => act(),
    onError: (error) => sayFailed(wordsOf(error)),
    onSettled: () => client.invalidateQueries({ queryKey: turnsQuery(place.unit).queryKey }),
  });
  const today = turns.data?.items ?? [];
  const mine = today.find((turn) => turn.agent_id === subject && (turn.status === "called" || turn.status === "attending"));
  const absent = today.filter((turn) => turn.status === "absent");
  const ready = place.unit !== "" && place.desk.trim() !== "";
  const next = () => change.mutate(() => turnActions.next(place.unit, place.desk.trim()));
  const recall = (turn: Turn) => change.mutate(() => turnActions.recall(turn, place.desk.trim()));
  const finish = (turn: Turn) => change.mutate(() => turnActions.finish(turn, caseId), { onSuccess: onFinished });
  useShortcuts(
    [{ keys: ["l"], label: "counter.key.next", group: "case", run: () => (mine ? recall(mine) : next()) }],
    ready && !change.isPending,
  );
  return (
    <section className={classes.panel} aria-labelledby="turno">
      <Group justify="space-between">
        <Title order={2} size="h4" id="turno">
          {t("counter.turn")}
        </Title>
        <Badge variant="light" tt="none" radius="sm">
          {t("counter.waiting", { count: turns.data?.waiting ?? 0 })}
        </Badge>
      </Group>
      {turns.error ? <ProblemAlert error={turns.error} onRetry={() => void turns.refetch()} /> : null}
      <div role="status">{mine ? <Current turn={mine} /> : <Text size="sm">{t(ready ? "counter.nobody" : "counter.needPlace")}</Text>}</div>
      <Group gap="xs">
        {mine ? null : (
          <Button size="md" leftSection={<IconBell size={18} />} disabled={!ready} loading={change.isPending} onClick={next}>
            {t("counter.next")}
          </Button>
        )}
        {mine?.status === "called" ? (
          <>
            <Button size="sm" leftSection={<IconUserCheck size={16} />} loading={change.isPending} onClick={() => change.mutate(() => turnActions.attend(mine))}>
              {t("counter.attend")}
            </Button>
            <Button size="sm" variant="default" leftSection={<IconRefresh size={16} />} disabled={change.isPending} onClick={() => recall(mine)}>
              {t("counter.recall")}
            </Button>
            <Button size="sm" variant="default" leftSection={<IconX size={16} />} disabled={change.isPending} onClick={() => change.mutate(() => turnActions.absent(mine))}>
              {t("counter.absent")}
            </Button>
          </>
        ) : null}
        {mine?.status === "attending" ? (
          <Button size="sm" leftSection={<IconCheck size={16} />} loading={change.isPending} onClick={() => finish(mine)}>
            {t(caseId ? "counter.finishWithCase" : "counter.finish")}
          </Button>
        ) : null}
      </Group>
      {absent.length > 0 ? (
        <details className={classes.absent}>
          <summary>{t("counter.absentList", { count: absent.length })}</summary>
          <ul>
            {absent.map((turn) => (
              <li key={turn.turn_id}>
                <strong>{turn.ticket}</strong>
                <Button size="compact-sm" variant="default" disabled={!ready || mine !== undefined || change.isPending} onClick={() => recall(turn)}>
                  {t("counter.recallTicket", { ticket: turn.ticket })}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}

function Current({ turn }: { turn: Turn }) {
  const { t } = useTranslation();
  const { procedures } = useCatalogue();
  const topic = procedures.find((one) => one.id === turn.topic)?.name;
  return (
    <div className={classes.current} data-status={turn.status}>
      <span className={classes.ticket}>{turn.ticket}</span>
      <span>{t(`counter.status.${turn.status}`, { count: turn.calls, desk: turn.desk })}</span>
      <span className={classes.small}>
        {turn.preferential ? `${t("counter.preferential")} · ` : ""}
        {topic ? `${topic} · ` : ""}
        {t("counter.came")} <Time time={turn.create_time} />
      </span>
    </div>
  );
}
