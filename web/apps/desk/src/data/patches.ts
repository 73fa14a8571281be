import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { caseQueries } from "./cases";
import type { CaseDetail, CasePage, CaseView } from "./types";

export type ListData = InfiniteData<CasePage>;

/** Changes each row of a list; null takes it out. The same data comes back when nothing changed. */
export function mapRows(data: ListData, change: (row: CaseView) => CaseView | null): ListData {
  let touched = false;
  const pages = data.pages.map((page) => {
    let inPage = false;
    const items: CaseView[] = [];
    for (const row of page.items) {
      const next = change(row);
      if (next !== row) inPage = true;
      if (next) items.push(next);
    }
    touched ||= inPage;
    return inPage ? { ...page, items } : page;
  });
  return touched ? { ...data, pages } : data;
}

/** All rows, each case once: one that moved while pages were read may stand on two of them. */
export function rowsOf(data: ListData | undefined): CaseView[] {
  const seen = new Set<string>();
  const rows: CaseView[] = [];
  for (const page of data?.pages ?? []) {
    for (const row of page.items) {
      if (seen.has(row.case_id)) continue;
      seen.add(row.case_id);
      rows.push(row);
    }
  }
  return rows;
}

/**
 * Shows a change of a case everywhere at once, before the service has answered.
 *
 * Returns what takes it back. Only the fields that were shown are taken back, so that what the live stream brought
 * meanwhile stays.
 */
export function showChange(client: QueryClient, caseId: string, change: Partial<CaseView>): () => void {
  const before = new Map<string, Partial<CaseView>>();
  const put = (values: Partial<CaseView>) => {
    client.setQueriesData<ListData>({ queryKey: caseQueries.lists() }, (data) =>
      data && mapRows(data, (row) => (row.case_id === caseId ? { ...row, ...values } : row)),
    );
    client.setQueryData<CaseDetail>(caseQueries.detail(caseId).queryKey, (data) => data && { ...data, ...values });
  };
  const known = knownCase(client, caseId);
  if (known) {
    const fields = Object.keys(change) as (keyof CaseView)[];
    before.set(caseId, Object.fromEntries(fields.map((name) => [name, known[name]])));
  }
  put(change);
  return () => {
    const values = before.get(caseId);
    if (values) put(values);
  };
}

/** What is known here of a case: its page, or its row in any list. */
export function knownCase(client: QueryClient, caseId: string): CaseView | undefined {
  const detail = client.getQueryData(caseQueries.detail(caseId).queryKey);
  if (detail) return detail;
  for (const [, data] of client.getQueriesData<ListData>({ queryKey: caseQueries.lists() })) {
    const row = rowsOf(data).find((one) => one.case_id === caseId);
    if (row) return row;
  }
  return undefined;
}

/** Puts what a service answered about a case into every place that shows it. */
export function showAnswer(client: QueryClient, answer: CaseView | CaseDetail): void {
  if ("transitions" in answer) client.setQueryData(caseQueries.detail(answer.case_id).queryKey, answer);
  client.setQueriesData<ListData>({ queryKey: caseQueries.lists() }, (data) =>
    data && mapRows(data, (row) => (row.case_id === answer.case_id && row.version <= answer.version ? answer : row)),
  );
}
