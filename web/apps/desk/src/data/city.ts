import { dataOf } from "@atiende/api";
import { queryOptions, useQuery } from "@tanstack/react-query";
import i18next from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../app/api";

const SELDOM_MS = 5 * 60_000;

/** What the city is and offers; changes with a release, so seldom. */
export const cityQueries = {
  city: (language: string) =>
    queryOptions({
      queryKey: ["city", language] as const,
      queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/city", { params: { query: { language } } })),
      staleTime: SELDOM_MS,
    }),
  units: (language: string) =>
    queryOptions({
      queryKey: ["city", "units", language] as const,
      queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/units", { params: { query: { language } } })),
      staleTime: SELDOM_MS,
    }),
  procedures: (language: string) =>
    queryOptions({
      queryKey: ["city", "procedures", language] as const,
      queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/procedures", { params: { query: { language } } })),
      staleTime: SELDOM_MS,
    }),
  procedure: (code: string, language: string) =>
    queryOptions({
      queryKey: ["city", "procedure", code, language] as const,
      queryFn: () =>
        dataOf(api.catalog.GET("/api/catalog/v1/procedures/{code}", { params: { path: { code }, query: { language } } })),
      staleTime: SELDOM_MS,
    }),
};

export interface Named {
  id: string;
  name: string;
}

/** The procedures and all units of the city by name, for choosing one; also units that answer no procedure. */
export function useCatalogue(): { procedures: Named[]; units: Named[] } {
  const { i18n } = useTranslation();
  const procedures = useQuery(cityQueries.procedures(i18n.language)).data;
  const units = useQuery(cityQueries.units(i18n.language)).data;
  return useMemo(
    () => ({
      procedures: byName((procedures?.items ?? []).map((one) => ({ id: one.code, name: one.name }))),
      units: byName((units?.items ?? []).map(({ id, name }) => ({ id, name }))),
    }),
    [procedures, units],
  );
}

function byName(named: Named[]): Named[] {
  return named.toSorted((a, b) => a.name.localeCompare(b.name, i18next.language));
}

/** Clocks at the desk show the city's time, wherever the desk stands. */
export function useTimeZone(): string {
  const { i18n } = useTranslation();
  const { data } = useQuery(cityQueries.city(i18n.language));
  return data?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
