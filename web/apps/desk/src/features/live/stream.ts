import { followEvents } from "@atiende/api";
import { api } from "../../app/api";
import { condense, readChange, type Batch, type CaseChange } from "./changes";

export type LiveState = "connecting" | "live" | "lost";

const PATH = "/api/cases/v1/changes";
const GATHER_MS = 200;
const MOST_AT_ONCE = 25;
/** A clock that jumped further than this between two beats of 5 s means that the machine slept. */
const BEAT_MS = 5_000;
const SLEPT_MS = 20_000;

let state: LiveState = "connecting";
const watchers = new Set<() => void>();
const listeners = new Set<(batch: Batch) => void>();
let waiting: CaseChange[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let connection: AbortController | undefined;

export function liveState(): LiveState {
  return state;
}

export function watchLive(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Hears of changes in batches; `null` asks to load what is shown again. */
export function onChanges(listener: (batch: Batch) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(batch: Batch): void {
  for (const listener of listeners) listener(batch);
}

function setState(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const watcher of watchers) watcher();
  // Whatever happened between the last answer and this connection was not heard: first listen, then ask again.
  if (next === "live") tell(null);
}

function flush(): void {
  timer = undefined;
  const batch = condense(waiting, MOST_AT_ONCE);
  waiting = [];
  tell(batch);
}

function connect(): void {
  const mine = new AbortController();
  connection = mine;
  void followEvents(api, PATH, {
    signal: mine.signal,
    onState: (told) => {
      if (!mine.signal.aborted) setState(told);
    },
    onEvent: (event) => {
      if (mine.signal.aborted) return;
      const change = readChange(event);
      if (change === "reset") tell(null);
      else if (change) {
        waiting.push(change);
        timer ??= setTimeout(flush, GATHER_MS);
      }
    },
  }).catch(() => {
    if (!mine.signal.aborted) setState("lost");
  });
}

/** Leaves a connection that may be dead and makes a new one now. */
export function reconnect(): void {
  if (!connection) return;
  connection.abort();
  setState("lost");
  connect();
}

/** Starts following; returns what stops it. */
export function startLive(): () => void {
  connect();
  let last = Date.now();
  const beat = setInterval(() => {
    const slept = Date.now() - last > SLEPT_MS;
    last = Date.now();
    if (slept) reconnect();
  }, BEAT_MS);
  const back = () => reconnect();
  // The browser knows of a lost network before any timer does.
  const gone = () => setState("lost");
  window.addEventListener("online", back);
  window.addEventListener("offline", gone);
  return () => {
    clearInterval(beat);
    window.removeEventListener("online", back);
    window.removeEventListener("offline", gone);
    connection?.abort();
    connection = undefined;
    clearTimeout(timer);
    timer = undefined;
    waiting = [];
    state = "connecting";
  };
}
