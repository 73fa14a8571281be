import { Problem, dataOf } from "@atiende/api";
import { useInfiniteQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api } from "../../app/api";
import { useSession } from "../../auth/context";
import { PAGE_SIZE, caseQueries } from "../../data/cases";
import { mapRows, rowsOf, type ListData } from "../../data/patches";
import type { CaseDetail, CaseView } from "../../data/types";
import type { CaseChange } from "../live/changes";
import { onChanges } from "../live/stream";
import { belongs, standsBefore, toQuery, type InboxSearch } from "./filter";

/**
 * The list of an inbox, kept true by the live stream: rows change in place, what is new is counted and shown when asked
 * for, and after a lost connection everything that is shown is asked again.
 *
 * `seenTo` is the last row that was looked at: pages far below it are not asked again.
 */
export function useCaseList(search: InboxSearch, seenTo: () => number) {
  const client = useQueryClient();
  const { subject } = useSession();
  const options = caseQueries.list(search);
  const key = useMemo(() => caseQueries.list(search).queryKey, [search]);
  const query = useInfiniteQuery(options);
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  const [arrived, setArrived] = useState<{ of: string; ids: ReadonlySet<string> }>({ of: "", ids: new Set() });
  const name = JSON.stringify(toQuery(search));
  const fresh = arrived.of === name ? arrived.ids : NONE;

  const reload = useCallback(async () => {
    setArrived({ of: name, ids: new Set() });
    keepPages(client, key, seenTo());
    await client.refetchQueries({ queryKey: key, exact: true });
  }, [client, key, name, seenTo]);

  useEffect(() => {
    // Another list is on its way: this one will be asked again when somebody comes back to it, from its top.
    return () => keepPages(client, key, 0);
  }, [client, key]);
  useEffect(() => {
    if (!search.overdue) return;
    // What becomes overdue does so by time alone; nothing tells it.
    const timer = setInterval(() => void reload(), OVERDUE_MS);
    return () => clearInterval(timer);
  }, [search.overdue, reload]);

  const latest = useRef({ search, reload, name, subject });
  useEffect(() => {
    latest.current = { search, reload, name, subject };
  });
  useEffect(() => {
    // One after the other: what a later batch tells must not be overwritten by an earlier one.
    let queue = Promise.resolve();
    const bring = async (changes: readonly CaseChange[]) => {
      const now = latest.current;
      const found = await applyChanges(client, now.search, now.subject, changes);
      if (found.length === 0 || latest.current.name !== now.name) return;
      const data = client.getQueryData(caseQueries.list(now.search).queryKey);
      // Nothing can jump in an empty list.
      if (rowsOf(data).length === 0) return now.reload();
      setArrived((before) => ({ of: now.name, ids: new Set([...(before.of === now.name ? before.ids : NONE), ...found]) }));
    };
    return onChanges((batch) => {
      queue = queue.then(() => (batch === null ? latest.current.reload() : bring(batch))).catch(() => undefined);
    });
  }, [client]);
  return { query, rows, arrived: fresh.size, reload };
}

const NONE: ReadonlySet<string> = new Set();
const OVERDUE_MS = 60_000;

/** Leaves the pages down to the row that was looked at; those below come again when somebody scrolls there. */
function keepPages(client: QueryClient, key: ListKey, seenTo: number): void {
  const pages = Math.max(1, Math.ceil((seenTo + 1) / PAGE_SIZE));
  client.setQueryData<ListData>(key, (data) =>
    data && data.pages.length > pages
      ? { pages: data.pages.slice(0, pages), pageParams: data.pageParams.slice(0, pages) }
      : data,
  );
}

/** Brings changed cases into the lists; returns those that belong into this one and are not there. */
async function applyChanges(
  client: QueryClient,
  search: InboxSearch,
  me: string,
  changes: readonly CaseChange[],
): Promise<string[]> {
  const key = caseQueries.list(search).queryKey;
  const before = client.getQueryData(key);
  if (!before) return [];
  const shown = new Set(rowsOf(before).map((row) => row.case_id));
  const concerning = changes.filter((change) => shown.has(change.case_id) || mayBelong(search, me, change));
  if (concerning.length === 0) return [];
  await settled(client, key);
  const answers = await Promise.all(concerning.map((change) => ask(client, change.case_id)));
  const news = new Map(answers.map((answer) => [answer.id, answer.row]));
  patch(client, key, search, me, news);
  // A page that was asked for meanwhile ends with the rows as they were when it was asked for.
  if (client.isFetching({ queryKey: key, exact: true })) {
    await settled(client, key);
    patch(client, key, search, me, news);
  }
  const after = client.getQueryData(key);
  const rows = rowsOf(after);
  const last = rows.at(-1);
  const whole = after?.pages.at(-1)?.next_cursor == null;
  const there = new Set(rows.map((row) => row.case_id));
  const found: string[] = [];
  for (const row of news.values()) {
    if (!row || there.has(row.case_id) || belongs(search, row, me) !== true) continue;
    // What stands below the last row read so far comes with its page.
    if (whole || !last || standsBefore(search.sort ?? "due", row, last)) found.push(row.case_id);
  }
  return found;
}

/** Waits until a list that is being asked for has come. */
async function settled(client: QueryClient, key: ListKey): Promise<void> {
  while (client.isFetching({ queryKey: key, exact: true })) await new Promise((resolve) => setTimeout(resolve, 50));
}

type ListKey = ReturnType<typeof caseQueries.list>["queryKey"];
type News = ReadonlyMap<string, CaseView | null | undefined>;

function patch(client: QueryClient, key: ListKey, search: InboxSearch, me: string, news: News): void {
  const newest = (row: CaseView): CaseView | null => {
    const next = news.get(row.case_id);
    return next === undefined || (next && next.version < row.version) ? row : next;
  };
  client.setQueriesData<ListData>({ queryKey: caseQueries.lists() }, (list) => list && mapRows(list, newest));
  client.setQueryData<ListData>(key, (list) =>
    list && mapRows(list, (row) => (news.has(row.case_id) && belongs(search, row, me) === false ? null : row)),
  );
}

/** From the few words of a change alone: may the case belong here? Spares asking for what surely does not. */
function mayBelong(search: InboxSearch, me: string, change: CaseChange): boolean {
  if (search.q !== undefined || search.mentions) return false;
  const assignee = search.assignee === "me" ? me : search.assignee === "none" ? "" : search.assignee;
  const active = change.status === "open" || change.status === "waiting_citizen";
  return (
    (search.status ? change.status === search.status : active) &&
    (assignee === undefined || change.assignee_id === assignee) &&
    (search.unit === undefined || search.transfer !== undefined || change.unit_id === search.unit)
  );
}

/** A case as it is now; null when it went out of sight, undefined when that cannot be told. */
async function ask(client: QueryClient, caseId: string): Promise<{ id: string; row: CaseView | null | undefined }> {
  try {
    const row: CaseDetail = await dataOf(
      api.cases.GET("/api/cases/v1/cases/{case_id}", { params: { path: { case_id: caseId } } }),
    );
    client.setQueryData(caseQueries.detail(caseId).queryKey, row);
    return { id: caseId, row };
  } catch (error) {
    return { id: caseId, row: error instanceof Problem && error.status === 404 ? null : undefined };
  }
}
