import { dataOf } from "@atiende/api";
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../app/api";
import { caseQueries } from "../../data/cases";

/** Notes that call this person, newest first. */
export const mentionsQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: ["mentions", unread] as const,
    queryFn: ({ pageParam, signal }) =>
      dataOf(api.cases.GET("/api/cases/v1/mentions", { params: { query: { unread, ...(pageParam ? { cursor: pageParam } : {}) } }, signal })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 10_000,
  });

/** Notes that this person has seen notes that call them; the numbers follow. */
export function useReadMentions() {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (ids: readonly string[]) => dataOf(api.cases.POST("/api/cases/v1/mentions/read", { body: { message_ids: [...ids] } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["mentions"] });
      void client.invalidateQueries({ queryKey: caseQueries.counts().queryKey });
    },
  });
  return mutate;
}
