import { dataOf, type RoutingSchemas } from "@atiende/api";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";

export type Board = RoutingSchemas["schemas"]["BoardView"];
export type Called = RoutingSchemas["schemas"]["CalledView"];

/** The service keeps the board for 2 s: asking more often tells nothing new. */
const EVERY_MS = 3_000;
const SELDOM_MS = 10 * 60_000;

export const boardQuery = (unit: string) =>
  queryOptions({
    queryKey: ["turns-board", unit],
    queryFn: ({ signal }) => dataOf(api.routing.GET("/api/routing/v1/public/turns/board", { params: { query: { unit } }, signal })),
    refetchInterval: EVERY_MS,
    // The screen of a hall is never the one that somebody looks away from.
    refetchIntervalInBackground: true,
    retry: false,
  });

export const officesQuery = (language: string) =>
  queryOptions({
    queryKey: ["offices", language],
    queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/units", { params: { query: { language } } })),
    staleTime: SELDOM_MS,
  });
