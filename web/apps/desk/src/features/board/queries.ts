import { dataOf, type RoutingSchemas, type SurveysSchemas } from "@atiende/api";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";

export type Queue = RoutingSchemas["schemas"]["QueueView"];
export type Agent = RoutingSchemas["schemas"]["AgentFigures"];
export type WorkItem = RoutingSchemas["schemas"]["WorkItemView"];
export type Score = SurveysSchemas["schemas"]["ScoreView"];
export type Answer = SurveysSchemas["schemas"]["ResponseView"];
export type ScoreDimension = "unit" | "channel" | "agent";

/** The board asks again by itself this often, also on a wall where nobody touches it. */
export const REFRESH_MS = 10_000;
const live = { refetchInterval: REFRESH_MS, refetchIntervalInBackground: false, staleTime: REFRESH_MS / 2 } as const;

export const boardKey = ["board"] as const;

export const queuesOptions = (language: string) =>
  queryOptions({
    queryKey: [...boardKey, "queues", language],
    queryFn: async () => (await dataOf(api.routing.GET("/api/routing/v1/queues", { params: { query: { language } } }))).items,
    ...live,
  });

export const agentsOptions = queryOptions({
  queryKey: [...boardKey, "agents"],
  queryFn: async () => (await dataOf(api.routing.GET("/api/routing/v1/agents"))).items,
  ...live,
});

/** What people have or are offered now; enough for a city's desks, the server pages what is beyond. */
export const workOptions = queryOptions({
  queryKey: [...boardKey, "work"],
  queryFn: async () => {
    const items: WorkItem[] = [];
    let cursor: string | undefined;
    do {
      const page = await dataOf(
        api.routing.GET("/api/routing/v1/work-items", {
          params: { query: { status: ["assigned", "parked"], limit: 200, ...(cursor ? { cursor } : {}) } },
        }),
      );
      items.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor && items.length < 2_000);
    return items;
  },
  ...live,
});

export const recoveryCountsOptions = queryOptions({
  queryKey: [...boardKey, "recovery", "counts"],
  queryFn: () => dataOf(api.surveys.GET("/api/surveys/v1/recovery-tasks/counts")),
  ...live,
});

export const scoresOptions = (by: ScoreDimension, since: string) =>
  queryOptions({
    queryKey: [...boardKey, "scores", by, since],
    queryFn: async () =>
      (await dataOf(api.surveys.GET("/api/surveys/v1/scores", { params: { query: { by, since } } }))).items,
    staleTime: 60_000,
  });

export function useQueues() {
  const { i18n } = useTranslation();
  return useQuery(queuesOptions(i18n.language));
}

/** Loads everything on the board anew, after something was done. */
export function useRefreshBoard(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: boardKey });
}

/** Deadlines that have passed: of a first answer, and of the matter itself. A case can miss both. */
export function lateTerms(queue: Queue): number {
  return queue.overdue + queue.first_answer_overdue;
}
