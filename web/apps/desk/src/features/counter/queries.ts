import { dataOf, type ChannelsSchemas, type RoutingSchemas } from "@atiende/api";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";

export type Turn = RoutingSchemas["schemas"]["StaffTurnView"];
export type Receipt = ChannelsSchemas["schemas"]["Receipt"];
export type Submission = ChannelsSchemas["schemas"]["FormBody"];

/** Turns change at other desks, and nothing tells it. */
const EVERY_MS = 5_000;
const FOLIO_MS = 1_000;

export const turnsQuery = (unit: string) =>
  queryOptions({
    queryKey: ["turns", unit] as const,
    queryFn: ({ signal }) => dataOf(api.routing.GET("/api/routing/v1/turns", { params: { query: { unit } }, signal })),
    enabled: unit !== "",
    refetchInterval: EVERY_MS,
    staleTime: 0,
  });

/** The case is opened a moment after it was taken; until then it has no folio. */
export const folioQuery = (caseId: string) =>
  queryOptions({
    queryKey: ["counter", "folio", caseId] as const,
    queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/counter/cases/{case_id}", { params: { path: { case_id: caseId } }, signal })),
    retry: true,
    retryDelay: FOLIO_MS,
    staleTime: Infinity,
  });

const at = (turn: Turn) => ({ params: { path: { turn_id: turn.turn_id } } });

export const turnActions = {
  next: (unit_id: string, desk: string) => dataOf(api.routing.POST("/api/routing/v1/turns/next", { body: { unit_id, desk } })),
  recall: (turn: Turn, desk: string) => dataOf(api.routing.POST("/api/routing/v1/turns/{turn_id}/recall", { ...at(turn), body: { desk } })),
  attend: (turn: Turn) => dataOf(api.routing.POST("/api/routing/v1/turns/{turn_id}/attend", at(turn))),
  absent: (turn: Turn) => dataOf(api.routing.POST("/api/routing/v1/turns/{turn_id}/absent", at(turn))),
  finish: (turn: Turn, caseId: string | null) =>
    dataOf(api.routing.POST("/api/routing/v1/turns/{turn_id}/finish", { ...at(turn), body: { case_id: caseId } })),
};

export const submit = (body: Submission, key: string) =>
  dataOf(api.channels.POST("/api/channels/v1/counter/submissions", { params: { header: { "Idempotency-Key": key } }, body }));
