import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, SegmentedControl, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { hasRole, useSession } from "../../auth/context";
import { BoardFrame } from "./BoardFrame";
import { boardKey, REFRESH_MS, type Answer } from "./queries";
import { RecoveryDialog } from "./RecoveryDialog";
import { RecoveryTable } from "./RecoveryTable";
import { MANAGERS } from "./release";
import { Scores } from "./Scores";
import { Blank, Loading } from "./states";

type Wanted = "open" | "overdue" | "settled";

/** Bad answers that wait for somebody, and how satisfied people are. */
export function SurveysPage() {
  const { t } = useTranslation();
  const session = useSession();
  const { unidad } = useSearch({ strict: false });
  const [wanted, setWanted] = useState<Wanted>("open");
  const [settling, setSettling] = useState<Answer | null>(null);
  const tasks = useInfiniteQuery({
    queryKey: [...boardKey, "recovery", wanted, unidad ?? ""],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      dataOf(
        api.surveys.GET("/api/surveys/v1/recovery-tasks", {
          params: {
            query: {
              status: wanted === "settled" ? "settled" : "open",
              overdue: wanted === "overdue",
              limit: 50,
              ...(unidad ? { unit: unidad } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MS * 3,
  });
  const rows = tasks.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <BoardFrame part="surveys" watched={[tasks]}>
      <section aria-labelledby="recuperacion">
        <Group justify="space-between" mb="sm">
          <Title order={2} size="h4" id="recuperacion">
            {t("board.recovery.title")}
          </Title>
          <SegmentedControl
            aria-label={t("board.recovery.show")}
            value={wanted}
            onChange={(value) => setWanted(value as Wanted)}
            data={(["open", "overdue", "settled"] as const).map((value) => ({ value, label: t(`board.recovery.${value}`) }))}
          />
        </Group>
        {tasks.error && !tasks.data ? <ProblemAlert error={tasks.error} onRetry={() => void tasks.refetch()} /> : null}
        {tasks.isPending ? <Loading rows={4} /> : null}
        {tasks.data && rows.length === 0 ? (
          <Blank order={3} title={t(`board.recovery.none.${wanted}`)} text={t("board.recovery.noneText")} />
        ) : null}
        {rows.length > 0 ? <RecoveryTable rows={rows} onSettle={hasRole(session, MANAGERS) ? setSettling : undefined} /> : null}
        {tasks.hasNextPage ? (
          <Button mt="md" variant="default" loading={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
            {t("board.more")}
          </Button>
        ) : null}
      </section>
      <Scores />
      {settling ? <RecoveryDialog answer={settling} onClose={() => setSettling(null)} /> : null}
    </BoardFrame>
  );
}
