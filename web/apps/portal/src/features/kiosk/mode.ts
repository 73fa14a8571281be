import { useSyncExternalStore } from "react";

/** Kept with the tab, not with the person: wiping a session leaves it. */
const KEY = "atiende_kiosk_unit";
const listeners = new Set<() => void>();

/** The unit whose kiosk this tab is, or nothing where it is none. */
export function kioskUnit(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Makes a kiosk of this tab; it stays one until the tab is closed. */
export function enterKiosk(unit: string): void {
  sessionStorage.setItem(KEY, unit);
  for (const listener of listeners) listener();
}

export function useKioskUnit(): string | undefined {
  return useSyncExternalStore(subscribe, kioskUnit);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
