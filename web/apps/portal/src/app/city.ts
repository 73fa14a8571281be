import { dataOf, type CatalogSchemas } from "@atiende/api";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "./api";

export type City = CatalogSchemas["schemas"]["CityView"];

export const cityQuery = (language: string) =>
  queryOptions({
    queryKey: ["city", language],
    queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/city", { params: { query: { language } } })),
    staleTime: 300_000,
  });

/** The city of this page: its name, contact and notices. */
export function useCity() {
  const { i18n } = useTranslation();
  return useQuery(cityQuery(i18n.language));
}
