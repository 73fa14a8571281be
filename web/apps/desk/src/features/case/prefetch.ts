import type { QueryClient } from "@tanstack/react-query";
import { caseQueries } from "../../data/cases";

/** Fetches what a case's page shows first, while somebody is still looking at its row. */
export function prefetchCase(client: QueryClient, caseId: string): void {
  void client.prefetchQuery(caseQueries.detail(caseId));
  void client.prefetchQuery(caseQueries.timeline(caseId));
}
