import { dataOf, Problem, type CasesSchemas } from "@atiende/api";
import type { Language } from "@atiende/ui";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";
import { queryClient } from "../../app/query";

export type Session = CasesSchemas["schemas"]["SessionView"];
export type OwnCase = CasesSchemas["schemas"]["OwnCase"];
export type OwnCaseDetail = CasesSchemas["schemas"]["OwnCaseDetail"];

/** Who the city takes this visitor for; null for nobody. The cookie itself no script can read. */
export const sessionQuery = queryOptions({
  queryKey: ["own", "session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await dataOf(api.cases.GET("/api/cases/v1/citizen/session"));
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Opens one case by what stands on its receipt. */
export async function enterBySecret(reference: string, secret: string): Promise<Session> {
  const session = await dataOf(api.cases.POST("/api/cases/v1/citizen/sessions", { body: { reference, secret } }));
  forgetOwn();
  queryClient.setQueryData(sessionQuery.queryKey, session);
  return session;
}

export async function leave(): Promise<void> {
  try {
    await api.cases.DELETE("/api/cases/v1/citizen/session");
  } catch (error) {
    // A session that is already over is left.
    if (!(error instanceof Problem && error.status === 401)) throw error;
  }
  forgetOwn();
  queryClient.setQueryData(sessionQuery.queryKey, null);
}

/** What one person may see must not be there for the next. */
export function forgetOwn(): void {
  queryClient.removeQueries({ queryKey: ["own"] });
}

export const ownCasesQuery = (language: Language) => ({
  queryKey: ["own", "cases", language],
  queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
    dataOf(api.cases.GET("/api/cases/v1/citizen/cases", { params: { query: { language, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: { next_cursor?: string | null }) => last.next_cursor ?? undefined,
});

export const ownCaseQuery = (caseId: string, language: Language) =>
  queryOptions({
    queryKey: ["own", "case", caseId, language],
    queryFn: () =>
      dataOf(api.cases.GET("/api/cases/v1/citizen/cases/{case_id}", { params: { path: { case_id: caseId }, query: { language } } })),
    staleTime: 10_000,
    // Fresh without a push: somebody who waits for an answer looks at this page.
    refetchInterval: ({ state }) => (state.data?.folio ? 30_000 : 1500),
  });
