import { dataOf } from "@atiende/api";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";
import type { CaseView } from "../../data/types";

/** What is one matter with a case, and what may be. Under ["case", id], so that the live stream refreshes it. */
export const mergeQueries = {
  family: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "family"] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/family", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 15_000,
    }),
  similar: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "similar"] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/similar", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 30_000,
    }),
  /** Open cases by folio or words, for choosing one by hand. */
  found: (text: string) =>
    queryOptions({
      queryKey: ["cases", "found", text] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/cases", { params: { query: { q: text, limit: 10 } }, signal })),
      enabled: text !== "",
      staleTime: 10_000,
    }),
};

export function isOpen(row: CaseView): boolean {
  return !row.merged_into && (row.status === "open" || row.status === "waiting_citizen");
}
