import type { User } from "oidc-client-ts";
import { openSession, renewSession, userManager, type Opened } from "./session";

/** `ended` keeps the page: the person sees what they had, and signs in again. */
export type SessionState =
  | { kind: "opening" }
  | { kind: "out"; why: "unknown" | "left" | "unreachable" }
  | { kind: "in"; user: User; ended: boolean };

const RENEW_BEFORE_SECONDS = 60;
const RETRY_MS = 5_000;
/** A token this close to its end is not sent: it could expire on its way. */
const MARGIN_SECONDS = 5;

let state: SessionState = { kind: "opening" };
let timer: ReturnType<typeof setTimeout> | undefined;
let renewal: Promise<void> | undefined;
const listeners = new Set<() => void>();
const beforeLeaving = new Set<() => Promise<unknown>>();
/** Tabs of one browser share Keycloak's cookie, so what one learns the others need to know. */
const tabs = new BroadcastChannel("atiende-desk-session");

export function sessionState(): SessionState {
  return state;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function set(next: SessionState): void {
  state = next;
  clearTimeout(timer);
  if (next.kind === "in" && !next.ended) {
    const wait = Math.max(1, (next.user.expires_in ?? 0) - RENEW_BEFORE_SECONDS);
    timer = setTimeout(() => void renew(), wait * 1000);
  }
  for (const listener of listeners) listener();
}

let opening: Promise<void> | undefined;

/** Opens the session of this page, once. */
export function open(): Promise<void> {
  opening ??= openSession().then((opened) => {
    if (opened.kind === "in") {
      set({ kind: "in", user: opened.user, ended: false });
      tabs.postMessage("in");
    } else set({ kind: "out", why: opened.kind === "out" ? "unknown" : "unreachable" });
  });
  return opening;
}

export function openAgain(): Promise<void> {
  opening = undefined;
  set({ kind: "opening" });
  return open();
}

/** Renews the tokens; all who ask at the same time wait for one attempt. */
export function renew(): Promise<void> {
  renewal ??= renewOnce().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

async function renewOnce(): Promise<void> {
  await navigator.locks.request("atiende-desk-renewal", async () => settle(await renewSession()));
}

function settle(opened: Opened): void {
  if (state.kind !== "in") return;
  if (opened.kind === "in") {
    // Somebody else signed in here meanwhile: nothing of the first person may stay on the screen.
    if (opened.user.profile.sub !== state.user.profile.sub) location.reload();
    else set({ kind: "in", user: opened.user, ended: false });
  } else if (opened.kind === "out") {
    if (!state.ended) set({ ...state, ended: true });
  } else {
    clearTimeout(timer);
    timer = setTimeout(() => void renew(), RETRY_MS);
  }
}

/** A token that is good for now, renewed first when it is not. */
export async function freshToken(): Promise<string | undefined> {
  if (state.kind !== "in") return undefined;
  if ((state.user.expires_in ?? 0) <= MARGIN_SECONDS && !state.ended) await renew();
  return state.kind === "in" ? state.user.access_token : undefined;
}

/** Registers what has to be done while the session still holds (presence, drafts). */
export function onLeaving(work: () => Promise<unknown>): () => void {
  beforeLeaving.add(work);
  return () => beforeLeaving.delete(work);
}

/** Ends the session here, in the other tabs and at Keycloak (`id_token_hint`, RP-initiated logout). */
export async function signOut(): Promise<void> {
  await Promise.race([
    Promise.allSettled([...beforeLeaving].map((work) => work())),
    new Promise((resolve) => setTimeout(resolve, 2_000)),
  ]);
  tabs.postMessage("left");
  await userManager.signoutRedirect();
}

tabs.addEventListener("message", ({ data }) => {
  if (data === "left" && state.kind === "in") {
    void userManager.removeUser();
    set({ kind: "out", why: "left" });
  } else if (data === "in") wake();
});

/** After sleep, or back from another tab where somebody may have signed in again. */
function wake(): void {
  if (document.visibilityState !== "visible") return;
  if (state.kind === "in" && (state.ended || (state.user.expires_in ?? 0) <= RENEW_BEFORE_SECONDS)) void renew();
}

document.addEventListener("visibilitychange", wake);
window.addEventListener("online", wake);
window.addEventListener("focus", wake);
