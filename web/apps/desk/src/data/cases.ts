import { dataOf } from "@atiende/api";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "../app/api";
import { toQuery, type InboxSearch } from "../features/inbox/filter";

export const PAGE_SIZE = 100;

/** What is asked of the service about cases; whoever needs it names it the same way and shares one answer. */
export const caseQueries = {
  lists: () => ["cases", "list"] as const,
  list: (search: InboxSearch) =>
    infiniteQueryOptions({
      queryKey: [...caseQueries.lists(), toQuery(search)] as const,
      queryFn: ({ pageParam, signal }) =>
        dataOf(
          api.cases.GET("/api/cases/v1/cases", {
            params: { query: { ...toQuery(search), limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) } },
            signal,
          }),
        ),
      initialPageParam: "",
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      // The live stream keeps a list true; asking again by time would only make it jump.
      staleTime: Infinity,
      refetchOnMount: "always",
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    }),
  counts: () =>
    queryOptions({
      queryKey: ["cases", "counts"] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/cases/counts", { signal })),
      staleTime: 5_000,
    }),
  views: () =>
    queryOptions({
      queryKey: ["cases", "views"] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/views", { signal })),
      staleTime: 60_000,
    }),
  detail: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "detail"] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 15_000,
    }),
  timeline: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "timeline"] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/timeline", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 15_000,
    }),
  clock: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "clock"] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/clock", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 30_000,
    }),
  replyOptions: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "reply-options"] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/reply-options", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 30_000,
    }),
  suggestions: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "suggestions"] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/suggestions", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 60_000,
    }),
  checklist: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "checklist"] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/checklist", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 30_000,
    }),
  people: (caseId: string) =>
    queryOptions({
      queryKey: ["case", caseId, "people"] as const,
      queryFn: ({ signal }) => dataOf(api.cases.GET("/api/cases/v1/cases/{case_id}/people", { params: { path: { case_id: caseId } }, signal })),
      staleTime: 60_000,
    }),
  audit: (caseId: string) =>
    infiniteQueryOptions({
      queryKey: ["case", caseId, "audit"] as const,
      queryFn: ({ pageParam, signal }) =>
        dataOf(
          api.cases.GET("/api/cases/v1/cases/{case_id}/audit", {
            params: { path: { case_id: caseId }, query: pageParam ? { cursor: pageParam } : {} },
            signal,
          }),
        ),
      initialPageParam: "",
      getNextPageParam: (page) => page.next_cursor ?? undefined,
      staleTime: 15_000,
    }),
  citizen: (citizenId: string) =>
    queryOptions({
      queryKey: ["citizen", citizenId] as const,
      queryFn: ({ signal }) =>
        dataOf(api.cases.GET("/api/cases/v1/citizens/{citizen_id}", { params: { path: { citizen_id: citizenId } }, signal })),
      staleTime: 30_000,
    }),
};
