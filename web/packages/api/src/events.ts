import type { Api } from "./client";
import { Problem } from "./problem";

/** One event of a stream (HTML standard, server-sent events). */
export interface ServerEvent {
  id: string;
  type: string;
  data: string;
}

const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 30_000;

export interface FollowOptions {
  signal: AbortSignal;
  onEvent: (event: ServerEvent) => void;
  /** `live` when connected, `lost` while trying again. */
  onState?: (state: "live" | "lost") => void;
}

/**
 * Follows a stream for as long as the signal lets it, resuming after each loss by `Last-Event-ID`.
 *
 * `EventSource` cannot send a token, and it cannot tell a sleeping laptop's dead connection from silence: here a
 * stream without a heartbeat for 40 seconds counts as lost.
 */
export async function followEvents(api: Api, path: string, options: FollowOptions): Promise<void> {
  let last = "";
  let failures = 0;
  while (!options.signal.aborted) {
    try {
      await readStream(api, path, last, options, (event) => {
        failures = 0;
        if (event.id) last = event.id;
        options.onEvent(event);
      });
      failures = 0;
    } catch (error) {
      if (options.signal.aborted) return;
      if (error instanceof Problem && (error.status === 403 || error.status === 404)) throw error;
      failures += 1;
    }
    options.onState?.("lost");
    await pause(Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(failures, 6)) * (0.5 + Math.random() / 2), options.signal);
  }
}

async function readStream(
  api: Api,
  path: string,
  last: string,
  { signal, onState }: FollowOptions,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  const silence = new AbortController();
  const stop = () => silence.abort();
  signal.addEventListener("abort", stop);
  let timer = setTimeout(stop, SILENCE_MS);
  try {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (last) headers["Last-Event-ID"] = last;
    const response = await api.raw(path, { headers, signal: silence.signal, cache: "no-store" });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) return;
    onState?.("live");
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseEvent(block);
        if (event) onEvent(event);
      }
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/** Reads one block; comments (heartbeats) give nothing. */
export function parseEvent(block: string): ServerEvent | undefined {
  const event: ServerEvent = { id: "", type: "message", data: "" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    const field = line.slice(0, colon);
    if (field === "id") event.id = value;
    else if (field === "event") event.type = value;
    else if (field === "data") data.push(value);
  }
  if (data.length === 0) return undefined;
  event.data = data.join("\n");
  return event;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    // A network that comes back ends the wait at once.
    addEventListener("online", done, { once: true });
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
