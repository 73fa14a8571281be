import { dataOf, type CatalogSchemas } from "@atiende/api";
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { api } from "../../app/api";
import type { Role } from "../../auth/context";
import { cityQueries } from "../../data/city";

export type Crisis = CatalogSchemas["schemas"]["CrisisView"];
export type CrisisRequest = CatalogSchemas["schemas"]["CrisisRequestView"];

export const ASKERS: readonly Role[] = ["supervisor", "admin"];
export const CONFIRMERS: readonly Role[] = ["admin"];

/** A request lives a quarter of an hour: who can confirm it should see it soon. */
const WATCH_MS = 10_000;
const BANNER_MS = 20_000;

export const crisisOptions = queryOptions({
  queryKey: ["crisis"],
  queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/crisis")),
  refetchInterval: WATCH_MS,
  staleTime: WATCH_MS / 2,
});

/** The banner that everybody reads; null while all is calm. */
export const bannerOptions = (language: string) =>
  queryOptions({
    queryKey: ["crisis", "banner", language],
    queryFn: async () => (await dataOf(api.catalog.GET("/api/catalog/v1/city", { params: { query: { language } } }))).crisis_text,
    refetchInterval: BANNER_MS,
    staleTime: BANNER_MS / 2,
  });

/** Loads anew what a decision changed, here and in the banner. */
export function useRefreshCrisis(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await client.invalidateQueries({ queryKey: ["crisis"] });
    await client.invalidateQueries({ queryKey: cityQueries.city(i18next.language).queryKey });
  };
}
