import { dataOf, type CatalogSchemas } from "@atiende/api";
import { infiniteQueryOptions, queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "../../app/api";
import { hasRole, useSession, type Role } from "../../auth/context";
import type { Content } from "./content";

export type Release = CatalogSchemas["schemas"]["ReleaseSummary"];
export type DraftSummary = CatalogSchemas["schemas"]["DraftSummary"];
export type Change = CatalogSchemas["schemas"]["ChangeView"];
export type ContentProblem = CatalogSchemas["schemas"]["ProblemView"];
export type Edited = CatalogSchemas["schemas"]["EditedView"];
export type Draft = DraftSummary & { content: Content };

/** Those who see the configuration; only administrators change it. */
export const READERS: readonly Role[] = ["supervisor", "auditor", "admin"];

export function useMayEdit(): boolean {
  return hasRole(useSession(), ["admin"]);
}

const key = ["admin"] as const;
export const releasesKey = [...key, "releases"] as const;
export const draftsKey = [...key, "drafts"] as const;

export const releasesOptions = infiniteQueryOptions({
  queryKey: releasesKey,
  initialPageParam: "",
  queryFn: ({ pageParam }) =>
    dataOf(api.catalog.GET("/api/catalog/v1/releases", { params: { query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** The number in force now; asked anew whenever it is decided by. */
export const headOptions = queryOptions({
  queryKey: [...releasesKey, "head"],
  queryFn: async () => (await dataOf(api.catalog.GET("/api/catalog/v1/releases", { params: { query: { limit: 1 } } }))).items[0] ?? null,
  staleTime: 0,
});

export const releaseOptions = (version: number) =>
  queryOptions({
    queryKey: [...releasesKey, version],
    queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/releases/{version}", { params: { path: { version } } })),
    staleTime: Infinity,
  });

/** What is different in a version, seen from another one. */
export const releaseChangesOptions = (version: number, against: number) =>
  queryOptions({
    queryKey: [...releasesKey, version, "changes", against],
    queryFn: async () =>
      (await dataOf(api.catalog.GET("/api/catalog/v1/releases/{version}/diff", { params: { path: { version }, query: { against } } }))).changes,
    staleTime: Infinity,
  });

/** The content of a publication; it never changes. */
export const releaseContentOptions = (version: number) =>
  queryOptions({
    queryKey: [...releasesKey, version, "content"],
    queryFn: async () => (await (await api.raw(`/api/catalog/v1/releases/${version}/content`)).json()) as Content,
    staleTime: Infinity,
  });

export const draftsOptions = queryOptions({
  queryKey: draftsKey,
  queryFn: async () => (await dataOf(api.catalog.GET("/api/catalog/v1/drafts"))).items,
});

export const draftOptions = (id: string) =>
  queryOptions({
    queryKey: [...draftsKey, id],
    queryFn: async () => (await dataOf(api.catalog.GET("/api/catalog/v1/drafts/{draft_id}", { params: { path: { draft_id: id } } }))) as unknown as Draft,
  });

export const problemsOptions = (id: string, revision: number) =>
  queryOptions({
    queryKey: [...draftsKey, id, "problems", revision],
    queryFn: async () =>
      (await dataOf(api.catalog.POST("/api/catalog/v1/drafts/{draft_id}/validate", { params: { path: { draft_id: id } } }))).problems,
    staleTime: Infinity,
  });

/** What a draft changes in what is in force; the version says what it was compared with. */
export const draftChangesOptions = (id: string, revision: number) =>
  queryOptions({
    queryKey: [...draftsKey, id, "changes", revision],
    queryFn: () => dataOf(api.catalog.GET("/api/catalog/v1/drafts/{draft_id}/diff", { params: { path: { draft_id: id } } })),
    staleTime: 0,
  });

export function useProblems(draft: Draft | undefined) {
  return useQuery({ ...problemsOptions(draft?.id ?? "", draft?.revision ?? 0), enabled: draft !== undefined });
}
