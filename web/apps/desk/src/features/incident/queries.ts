import { dataOf, type CasesSchemas } from "@atiende/api";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";
import { isTelling } from "./progress";

export type Incident = CasesSchemas["schemas"]["IncidentView"];
export type IncidentDetail = CasesSchemas["schemas"]["IncidentDetail"];

const WATCHED_MS = 2_000;
const QUIET_MS = 30_000;

export const incidentQueries = {
  all: () => ["incidents"] as const,
  list: (open: boolean, language: string) =>
    queryOptions({
      queryKey: [...incidentQueries.all(), "list", open, language] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/incidents", { params: { query: { open } }, headers: { "Accept-Language": language }, signal })),
      staleTime: 15_000,
    }),
  detail: (id: string, language: string) =>
    queryOptions({
      queryKey: [...incidentQueries.all(), "detail", id, language] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/incidents/{incident_id}", { params: { path: { incident_id: id } }, headers: { "Accept-Language": language }, signal })),
      // While an answer is on its way its progress is watched.
      refetchInterval: ({ state }) => (state.data && isTelling(state.data) ? WATCHED_MS : QUIET_MS),
    }),
  cases: (id: string, status: "open" | "resolved") =>
    queryOptions({
      queryKey: [...incidentQueries.all(), "cases", id, status] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/cases", { params: { query: { incident: id, limit: 100, ...(status === "resolved" ? { status } : {}) } }, signal })),
      refetchInterval: QUIET_MS,
    }),
};
