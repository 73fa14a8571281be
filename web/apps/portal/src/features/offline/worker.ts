import i18next from "i18next";
import { useSyncExternalStore } from "react";
import { Workbox } from "workbox-window";
import { queryClient } from "../../app/query";
import { proceduresQuery } from "../procedures/queries";

const LOOK_EVERY_MS = 3_600_000;
/** First words of the keys of what the worker keeps; see pwa.ts. */
const PUBLIC = new Set<unknown>(["city", "procedures", "procedure", "faq"]);

let take: (() => void) | undefined;
const listeners = new Set<() => void>();
let isRegistered = false;

/** Takes the new version when there is one; asked for by the person, never by itself. */
export function useNewVersion(): (() => void) | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => take,
  );
}

/** Registers the service worker, once; without one the portal works as long as there is a network. */
export function registerWorker(): void {
  if (isRegistered || !import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  isRegistered = true;
  const worker = new Workbox("/sw.js");
  worker.addEventListener("waiting", () => {
    take = () => {
      worker.addEventListener("controlling", () => location.reload());
      worker.messageSkipWaiting();
    };
    for (const listener of listeners) listener();
  });
  // What this page has read came before the worker: read again, it is kept.
  worker.addEventListener("controlling", ({ isUpdate }) => (isUpdate ? undefined : void keepCity()));
  void worker.register().catch(() => undefined);
  setInterval(() => void worker.update().catch(() => undefined), LOOK_EVERY_MS);
}

async function keepCity(): Promise<void> {
  await queryClient.refetchQueries({ type: "active", predicate: ({ queryKey }) => PUBLIC.has(queryKey[0]) });
  await queryClient.prefetchQuery(proceduresQuery(i18next.language));
}
