import { dataOf, type NotificationsSchemas } from "@atiende/api";
import { DataTable, ProblemAlert, type Column } from "@atiende/ui";
import { Button, Checkbox, Group, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import i18next, { type TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { hasRole, useSession } from "../../auth/context";
import { BulkProgress } from "./BulkProgress";
import { useFigures, type Figures } from "./format";
import { CaseLink } from "./links";
import classes from "./Page.module.css";
import { boardKey, REFRESH_MS } from "./queries";
import { MANAGERS, useUnitNames } from "./release";
import { Blank, Loading } from "./states";
import { shortUnit } from "../../parts/unit";
import { useBulk } from "./useBulk";
import { useSelection } from "./useSelection";

type Notification = NotificationsSchemas["schemas"]["NotificationOut"];

export function useFailedNotifications() {
  return useInfiniteQuery({
    queryKey: [...boardKey, "failed"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      dataOf(
        api.notifications.GET("/api/notifications/v1/notifications", {
          params: { query: { state: "failed", limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: REFRESH_MS * 3,
  });
}

/** Notices that reached nobody: sent again one by one or all chosen. */
export function FailedNotifications({ failed }: { failed: ReturnType<typeof useFailedNotifications> }) {
  const { t } = useTranslation();
  const say = useFigures();
  const session = useSession();
  const units = useUnitNames();
  const rows = failed.data?.pages.flatMap((page) => page.items) ?? [];
  const selection = useSelection(rows.map((row) => row.notification_id));
  const bulk = useBulk(
    useCallback(
      (id: string) =>
        dataOf(api.notifications.POST("/api/notifications/v1/notifications/{notification_id}/retry", { params: { path: { notification_id: id } } })),
      [],
    ),
  );
  const mayRetry = hasRole(session, MANAGERS);
  const nameOf = (id: string) => rows.find((row) => row.notification_id === id)?.folio ?? id.slice(0, 8);
  const retry = async () => {
    await bulk.run(selection.selected);
    selection.clear();
    await failed.refetch();
  };
  return (
    <section aria-labelledby="avisos">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="avisos">
          {t("board.failed.title")}
        </Title>
        {mayRetry && rows.length > 0 ? (
          <Group gap="sm">
            <Checkbox label={t("board.bulk.all")} checked={selection.all} indeterminate={selection.selected.length > 0 && !selection.all} onChange={selection.toggleAll} />
            <Button size="sm" disabled={selection.selected.length === 0 || bulk.running} onClick={() => void retry()}>
              {t("board.failed.retry", { count: selection.selected.length })}
            </Button>
          </Group>
        ) : null}
      </Group>
      <BulkProgress bulk={bulk} nameOf={nameOf} />
      {failed.error && !failed.data ? <ProblemAlert error={failed.error} onRetry={() => void failed.refetch()} /> : null}
      {failed.isPending ? <Loading rows={3} /> : null}
      {failed.data && rows.length === 0 ? <Blank order={3} title={t("board.failed.none")} text={t("board.failed.noneText")} /> : null}
      {rows.length > 0 ? (
        <DataTable
          caption={t("board.failed.title")}
          hideCaption
          rows={rows}
          rowKey={(row) => row.notification_id}
          columns={columns(t, say, units, mayRetry ? selection : undefined)}
        />
      ) : null}
      {failed.hasNextPage ? (
        <Button mt="md" variant="default" loading={failed.isFetchingNextPage} onClick={() => void failed.fetchNextPage()}>
          {t("board.more")}
        </Button>
      ) : null}
    </section>
  );
}

function columns(
  t: TFunction,
  say: Figures,
  units: ReadonlyMap<string, string>,
  selection: ReturnType<typeof useSelection> | undefined,
): Column<Notification>[] {
  return [
    ...(selection
      ? [
          {
            key: "choose",
            title: t("board.bulk.choose"),
            cell: (row: Notification) => (
              <Checkbox
                checked={selection.isSelected(row.notification_id)}
                onChange={() => selection.toggle(row.notification_id)}
                aria-label={t("board.bulk.chooseOne", { name: row.folio || row.notification_id.slice(0, 8) })}
              />
            ),
          },
        ]
      : []),
    {
      key: "case",
      title: t("board.work.case"),
      name: true,
      cell: (row) => (
        <>
          <CaseLink caseId={row.case_id}>
            {row.folio || t("board.failed.noFolio")}
          </CaseLink>
          <br />
          <span className={classes.quiet}>{shortUnit(units.get(row.unit_id) ?? row.unit_id)}</span>
        </>
      ),
    },
    { key: "what", title: t("board.failed.what"), cell: (row) => known(t, "board.failed.template", row.template_key) },
    {
      key: "why",
      title: t("board.failed.why"),
      wide: true,
      cell: (row) => (
        <>
          {row.reason ? <div>{known(t, "board.failed.reason", row.reason)}</div> : null}
          {row.attempts.map((attempt) => (
            <div key={attempt.message_id} className={classes.quiet}>
              {[known(t, "channel", attempt.channel), attempt.error_code ? known(t, "board.failed.error", attempt.error_code) : "", say.moment(attempt.time)]
                .filter(Boolean)
                .join(" · ")}
            </div>
          ))}
        </>
      ),
    },
    { key: "since", title: t("board.failed.since"), cell: (row) => say.moment(row.state_time) },
  ];
}

/** A code in words; as it is when the words do not know it. */
export function known(t: TFunction, group: string, code: string): string {
  const key = `${group}.${code}`;
  return i18next.exists(key) ? t(key) : code;
}
