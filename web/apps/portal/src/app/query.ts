import { Problem } from "@atiende/api";
import { QueryClient } from "@tanstack/react-query";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      // Without a network the service worker may still have the city's answers; whoever has none says so.
      networkMode: "always",
      refetchOnReconnect: true,
      // What was refused is refused again; only what may pass later is asked twice more.
      retry: (count, error) => count < 2 && error instanceof Problem && error.isTemporary,
    },
    mutations: { networkMode: "always" },
  },
});
