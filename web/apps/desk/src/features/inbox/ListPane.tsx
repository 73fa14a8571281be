import { ProblemAlert } from "@atiende/ui";
import { Button, Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePageTitle } from "../../app/title";
import { prefetchCase } from "../case/prefetch";
import { CaseList, type ListHandle } from "./CaseList";
import { Empty } from "./Empty";
import { ListHead } from "./ListHead";
import classes from "./ListPane.module.css";
import { RowsLoading } from "./RowsLoading";
import type { InboxSearch } from "./filter";
import { useCaseList } from "./useCaseList";
import { useListKeys } from "./useListKeys";
import { useViews } from "./InboxViews";

/** How long a row has to be looked at before its case is fetched: moving over it fast costs nothing. */
const LOOK_MS = 60;

export function ListPane({ openId, beside }: { openId: string | undefined; beside: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ from: "/casos" });
  const handle = useRef<ListHandle>(null);
  const seenTo = useCallback(() => handle.current?.seenTo() ?? 0, []);
  const { query, rows, arrived, reload } = useCaseList(search, seenTo);
  const [activeId, setActiveId] = useState(openId);
  const [lastOpen, setLastOpen] = useState(openId);
  if (openId !== lastOpen) {
    setLastOpen(openId);
    if (openId) setActiveId(openId);
  }
  const view = useViews().find((one) => one.current);
  const title = view?.name ?? (search.q ? t("inbox.found") : t("inbox.filtered"));
  usePageTitle(title);

  const look = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onLook = useCallback(
    (caseId: string) => {
      clearTimeout(look.current);
      look.current = setTimeout(() => prefetchCase(client, caseId), LOOK_MS);
    },
    [client],
  );
  const onActive = useCallback(
    (caseId: string) => {
      setActiveId(caseId);
      onLook(caseId);
    },
    [onLook],
  );
  const open = useCallback(
    (caseId: string, intent?: string) =>
      void navigate({
        to: "/casos/$caseId",
        params: { caseId },
        search: true,
        state: (before) => ({ ...before, intent: intent ?? undefined, fromList: intent === undefined }),
        replace: beside,
      }),
    [navigate, beside],
  );
  const onOpen = useCallback(
    (caseId: string) => void navigate({ to: "/casos/$caseId", params: { caseId }, search: true }),
    [navigate],
  );
  const hrefOf = useCaseAddress(search);
  const onKey = useListKeys({ rows, activeId, openId, beside, onActive, open, handle });

  const showArrived = async () => {
    handle.current?.toTop();
    await reload();
  };
  const { fetchNextPage, isFetching } = query;
  const onMore = useCallback(() => {
    if (!isFetching) void fetchNextPage();
  }, [fetchNextPage, isFetching]);

  return (
    <div className={classes.pane}>
      <ListHead title={title} search={search} level={openId === undefined ? 1 : 2} />
      <div role="status" className={classes.news}>
        {arrived > 0 ? (
          <Button size="compact-sm" radius="xl" onClick={() => void showArrived()}>
            {t("inbox.arrived", { count: arrived })}
          </Button>
        ) : null}
      </div>
      {query.error && rows.length === 0 ? (
        <div className={classes.padded}>
          <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />
        </div>
      ) : null}
      {query.isPending ? <RowsLoading /> : null}
      {query.data && rows.length === 0 && !query.hasNextPage ? <Empty search={search} /> : null}
      {rows.length > 0 || query.hasNextPage ? (
        <CaseList
          rows={rows}
          activeId={activeId}
          openId={openId}
          more={query.hasNextPage && !query.isFetchNextPageError}
          onMore={onMore}
          hrefOf={hrefOf}
          onOpen={onOpen}
          onLook={onLook}
          onActive={onActive}
          onKey={onKey}
          handle={handle}
        />
      ) : null}
      {query.isFetchingNextPage ? (
        <div className={classes.foot}>
          <Loader size="xs" aria-label={t("common.loading")} />
        </div>
      ) : null}
      {query.isFetchNextPageError ? (
        <div className={classes.padded}>
          <ProblemAlert error={query.error} onRetry={() => void fetchNextPage()} />
        </div>
      ) : null}
    </div>
  );
}

/** The address of a case beside this list; worked out once a list, not once a row. */
function useCaseAddress(search: InboxSearch): (caseId: string) => string {
  const router = useRouter();
  const pattern = useMemo(
    () => router.history.createHref(router.buildLocation({ to: "/casos/$caseId", params: { caseId: "CASO" }, search }).publicHref),
    [router, search],
  );
  return useCallback((caseId: string) => pattern.replace("CASO", encodeURIComponent(caseId)), [pattern]);
}
