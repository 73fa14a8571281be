import { dataOf, type RoutingSchemas } from "@atiende/api";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";

export type Turn = RoutingSchemas["schemas"]["TurnView"];

const EVERY_MS = 5_000;

export const unitQuery = (unit: string | undefined, language: string) =>
  queryOptions({
    queryKey: ["kiosk-unit", unit, language],
    queryFn: () =>
      dataOf(
        api.routing.GET("/api/routing/v1/public/wait", {
          params: { query: { language: language === "en" ? "en" : "es", ...(unit ? { unit } : {}) } },
        }),
      ),
    refetchInterval: 30_000,
  });

export const takeTurn = (unit: string, isPreferential: boolean, key: string) =>
  dataOf(
    api.routing.POST("/api/routing/v1/public/turns", {
      params: { header: { "Idempotency-Key": key } },
      body: { unit_id: unit, preferential: isPreferential },
    }),
  );

export const turnQuery = (taken: Turn) =>
  queryOptions({
    queryKey: ["turn", taken.turn_id],
    queryFn: () => dataOf(api.routing.GET("/api/routing/v1/public/turns/{turn_id}", { params: { path: { turn_id: taken.turn_id } } })),
    initialData: taken,
    refetchInterval: (query) => (["waiting", "called"].includes(query.state.data?.status ?? "") ? EVERY_MS : false),
  });
