import { dataOf, type AdminSchemas } from "@atiende/api";
import { DataTable, ProblemAlert, type Column } from "@atiende/ui";
import { Badge, Button, Group, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say as tell } from "../../app/toasts";
import { hasRole, useSession } from "../../auth/context";
import { ConfirmButton } from "../admin/ConfirmButton";
import { known } from "./FailedNotifications";
import { useFigures, type Figures } from "./format";
import classes from "./Page.module.css";
import { boardKey, REFRESH_MS, useRefreshBoard } from "./queries";
import { Blank, Loading } from "./states";

type DeadLetter = AdminSchemas["schemas"]["DeadLetterView"];
const key = [...boardKey, "dead-letters"] as const;

export const deadLetterCount = {
  queryKey: [...key, "count"],
  queryFn: async () => (await dataOf(api.admin.GET("/api/admin/v1/dead-letters/counts"))).waiting,
  refetchInterval: REFRESH_MS,
};

export function useDeadLetters(open: boolean) {
  return useInfiniteQuery({
    queryKey: [...key, open],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      dataOf(api.admin.GET("/api/admin/v1/dead-letters", { params: { query: { open, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // What was asked for is done within seconds.
    refetchInterval: REFRESH_MS / 2,
  });
}

/** What no service could process: sent again once its cause is mended, or let go with a reason. */
export function DeadLetters() {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const letters = useDeadLetters(!over);
  const count = useQuery(deadLetterCount);
  const say = useFigures();
  const acts = useActs();
  const rows = letters.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="sin-procesar">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="sin-procesar">
          {t("board.dead.title")}
          {count.data ? ` (${say.number(count.data)})` : ""}
        </Title>
        <Button size="sm" variant="default" aria-pressed={over} onClick={() => setOver(!over)}>
          {t(over ? "board.dead.showOpen" : "board.dead.showOver")}
        </Button>
      </Group>
      <p className={classes.quiet}>{t("board.dead.text")}</p>
      {letters.error && !letters.data ? <ProblemAlert error={letters.error} onRetry={() => void letters.refetch()} /> : null}
      {letters.isPending ? <Loading rows={2} /> : null}
      {letters.data && rows.length === 0 ? <Blank order={3} title={t(over ? "board.dead.noneOver" : "board.dead.none")} text={t("board.dead.noneText")} /> : null}
      {rows.length > 0 ? <DataTable caption={t("board.dead.title")} hideCaption rows={rows} rowKey={(row) => String(row.number)} columns={columns(t, say, acts)} /> : null}
      {letters.hasNextPage ? (
        <Button mt="md" variant="default" loading={letters.isFetchingNextPage} onClick={() => void letters.fetchNextPage()}>
          {t("board.more")}
        </Button>
      ) : null}
    </section>
  );
}

interface Acts {
  replay?: (number: number) => Promise<void>;
  discard?: (number: number, note: string) => Promise<void>;
}

/** What this person may do with one. */
function useActs(): Acts {
  const { t } = useTranslation();
  const session = useSession();
  const refresh = useRefreshBoard();
  const done = async (words: string) => {
    tell(words);
    await refresh();
  };
  return {
    ...(hasRole(session, ["supervisor", "admin"])
      ? {
          replay: async (number: number) => {
            await dataOf(api.admin.POST("/api/admin/v1/dead-letters/{number}/replay", { params: { path: { number } } }));
            await done(t("board.dead.replayAsked"));
          },
        }
      : {}),
    ...(hasRole(session, ["admin"])
      ? {
          discard: async (number: number, note: string) => {
            await dataOf(api.admin.POST("/api/admin/v1/dead-letters/{number}/discard", { params: { path: { number } }, body: { note } }));
            await done(t("board.dead.discardAsked"));
          },
        }
      : {}),
  };
}

function columns(t: TFunction, say: Figures, acts: Acts): Column<DeadLetter>[] {
  return [
    {
      key: "what",
      title: t("board.dead.what"),
      name: true,
      cell: (row) => (
        <>
          {known(t, "board.dead.type", lastOf(row.type))}
          <br />
          <span className={classes.quiet}>{t("board.dead.where", { service: known(t, "board.dead.service", row.service), number: row.number })}</span>
        </>
      ),
    },
    {
      key: "why",
      title: t("board.dead.why"),
      wide: true,
      cell: (row) => (
        <>
          <div>{known(t, "board.dead.reason", row.reason)}</div>
          <div className={classes.quiet}>{t("board.dead.tried", { count: row.attempts })}</div>
        </>
      ),
    },
    { key: "since", title: t("board.failed.since"), cell: (row) => say.moment(row.time) },
    { key: "fate", title: t("board.dead.fate"), wide: true, cell: (row) => <Fate row={row} say={say} acts={acts} /> },
  ];
}

function Fate({ row, say, acts }: { row: DeadLetter; say: Figures; acts: Acts }) {
  const { t } = useTranslation();
  if (row.state !== "waiting") {
    return (
      <>
        <Badge variant="light" color="gray" tt="none">
          {t(`board.dead.state.${row.state}`)}
        </Badge>
        {row.decide_time ? <div className={classes.quiet}>{[row.actor_name, say.moment(row.decide_time)].filter(Boolean).join(" · ")}</div> : null}
        {row.note ? <div>{row.note}</div> : null}
      </>
    );
  }
  const { replay, discard } = acts;
  if (!replay) return <>{t("board.dead.state.waiting")}</>;
  return (
    <Group gap="xs">
      <ConfirmButton
        label={t("board.dead.replay")}
        title={t("board.dead.replayTitle", { number: row.number })}
        text={t("board.dead.replayText")}
        action={() => replay(row.number)}
        button={{ size: "sm" }}
      />
      {discard ? (
        <ConfirmButton
          label={t("board.dead.discard")}
          title={t("board.dead.discardTitle", { number: row.number })}
          text={t("board.dead.discardText")}
          note={t("board.dead.note")}
          needed={t("board.dead.noteNeeded")}
          action={(note) => discard(row.number, note)}
          button={{ size: "sm", variant: "default" }}
        />
      ) : null}
    </Group>
  );
}

function lastOf(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}
