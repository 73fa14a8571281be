import { dataOf } from "@atiende/api";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";

const OFFERS_MS = 5_000;

export const workQueries = {
  presence: () =>
    queryOptions({
      queryKey: ["work", "presence"] as const,
      queryFn: ({ signal }) => dataOf(api.routing.GET("/api/routing/v1/presence", { signal })),
      staleTime: 20_000,
    }),
  offers: (language: string) =>
    queryOptions({
      queryKey: ["work", "offers", language] as const,
      queryFn: async ({ signal }) => ({
        ...(await dataOf(api.routing.GET("/api/routing/v1/offers", { params: { query: { language } }, signal }))),
        // Seconds are counted from here: the clocks of the desk and of the city need not agree.
        heard: Date.now(),
      }),
      refetchInterval: OFFERS_MS,
      // Offers are for people whose desk is not the tab in front, too.
      refetchIntervalInBackground: true,
      staleTime: 0,
    }),
};
