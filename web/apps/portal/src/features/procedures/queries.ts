import { dataOf, type CatalogSchemas } from "@atiende/api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";

export type Procedure = CatalogSchemas["schemas"]["ProcedureView"];
export type FaqEntry = CatalogSchemas["schemas"]["FaqView"];

const MINUTES_5 = 300_000;

export const proceduresQuery = (language: string) =>
  queryOptions({
    queryKey: ["procedures", language],
    queryFn: async () => (await dataOf(api.catalog.GET("/api/catalog/v1/procedures", { params: { query: { language } } }))).items,
    staleTime: MINUTES_5,
  });

export const procedureQuery = (code: string, language: string) =>
  queryOptions({
    queryKey: ["procedure", code, language],
    queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/procedures/{code}", { params: { path: { code }, query: { language } } })),
    staleTime: MINUTES_5,
  });

export type Found = CatalogSchemas["schemas"]["FoundView"];

/** Procedures and questions that fit, best first; the city knows by which words people call a matter. */
export const searchQuery = (question: string, language: string, limit: number) =>
  queryOptions({
    queryKey: ["search", question, language, limit],
    queryFn: async () => (await dataOf(api.catalog.GET("/api/catalog/v1/search", { params: { query: { q: question, language, limit } } }))).items,
    staleTime: MINUTES_5,
    placeholderData: keepPreviousData,
  });

/** Questions that answer; all of them for an empty question. */
export const faqQuery = (question: string, language: string, limit = 100) =>
  queryOptions({
    queryKey: ["faq", question, language, limit],
    queryFn: async () => (await dataOf(api.catalog.GET("/api/catalog/v1/faq", { params: { query: { q: question, language, limit } } }))).items,
    staleTime: MINUTES_5,
    placeholderData: keepPreviousData,
  });
