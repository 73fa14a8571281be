import { Problem } from "@atiende/api";
import { QueryClient } from "@tanstack/react-query";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was refused is refused again; what may pass later is asked twice more, and a token that ended once more
      // with the new one.
      retry: (count, error) =>
        error instanceof Problem && (error.status === 401 ? count < 1 : count < 2 && error.isTemporary),
    },
  },
});
