import { Problem } from "@atiende/api";
import { useSyncExternalStore } from "react";
import { listDrafts, loadDraft, saveDraft, type Draft } from "./draft";
import { submitDraft, type Receipt } from "./submit";

/** How the sending of one form stands. */
export type Sending = { draft: Draft } & (
  | { state: "busy" }
  | { state: "waiting"; problem: Problem }
  | { state: "refused"; problem: Problem }
  | { state: "taken"; receipt: Receipt }
);

const RETRY_MS = 15_000;

/** Whether a form waits for the network, whatever the device says of it, and not for the service. */
export function waitsForNetwork(sending: Sending | undefined, isOnline: boolean): boolean {
  return sending?.state === "waiting" && (!isOnline || sending.problem.status === 0);
}

let known: ReadonlyMap<string, Sending> = new Map();
const listeners = new Set<() => void>();
const running = new Map<string, Promise<void>>();

function tell(code: string, sending: Sending | undefined): void {
  const next = new Map(known);
  if (sending) next.set(code, sending);
  else next.delete(code);
  known = next;
  for (const listener of listeners) listener();
}

/** The forms that are on their way, by procedure. */
export function useSendings(): ReadonlyMap<string, Sending> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known,
  );
}

/** Forgets how a sending ended: its receipt was seen, or what was refused is being mended. */
export function forgetSending(code: string): void {
  tell(code, undefined);
}

/** Sends a form now, or as soon as there is a network. */
export function send(code: string): Promise<void> {
  const already = running.get(code);
  if (already) return already;
  const work = attempt(code).finally(() => running.delete(code));
  running.set(code, work);
  return work;
}

async function attempt(code: string): Promise<void> {
  const draft = await loadDraft(code);
  if (!draft || draft.state === "writing") return;
  if (!navigator.onLine) {
    tell(code, { state: "waiting", problem: new Problem(0, { reason: "OFFLINE" }), draft });
    return;
  }
  tell(code, { state: "busy", draft });
  const attempted = { ...draft, attempted: true };
  await saveDraft(attempted);
  try {
    const receipt = await submitDraft(attempted);
    // The answers stay until the receipt was seen: sending them again is what gives it again.
    const latest = (await loadDraft(code)) ?? attempted;
    await saveDraft({ ...latest, state: "sent" });
    tell(code, { state: "taken", receipt, draft: latest });
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(500, {});
    if (problem.isTemporary) {
      tell(code, { state: "waiting", problem, draft: attempted });
      setTimeout(() => void sendWaiting(), (problem.retryAfterSeconds ?? 0) * 1000 || RETRY_MS);
      return;
    }
    const latest = (await loadDraft(code)) ?? attempted;
    // Refused is not taken: the answers may change again under the same key.
    await saveDraft({ ...latest, state: "writing", attempted: false });
    tell(code, { state: "refused", problem, draft: latest });
  }
}

/** Sends what waits: at the start of the page, when the network is back, and after a while. */
export async function sendWaiting(): Promise<void> {
  for (const draft of await listDrafts()) {
    const here = known.get(draft.code);
    if (draft.state === "writing" || here?.state === "taken") continue;
    await send(draft.code);
  }
}

let isWatching = false;

export function watchOutbox(): void {
  if (isWatching) return;
  isWatching = true;
  addEventListener("online", () => void sendWaiting());
  void sendWaiting();
}
