import { Problem } from "@atiende/api";
import type { ChatEntry } from "./conversation";
import type { Line, Transport } from "./transport";

/** `live`: by socket; `polling`: asking now and then, because no socket comes up. */
export type Connection = "idle" | "connecting" | "live" | "polling" | "offline";

export interface LineEvents {
  cursor: () => number;
  heard: (entries: readonly ChatEntry[]) => void;
  connection: (now: Connection) => void;
  /** The session is none any more. */
  over: () => void;
}

export const PING_MS = 25_000;
export const SILENCE_MS = 10_000;
export const POLL_MS = 5_000;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 30_000;

/** Keeps hearing the city: by a socket that is renewed with growing pauses, and by asking as long as there is none. */
export class ChatLine {
  private token: string | undefined;
  private socket: Line | undefined;
  private isLive = false;
  private failures = 0;
  private redial: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setTimeout> | undefined;
  private heartbeat: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly events: LineEvents,
  ) {}

  dial(token: string): void {
    this.hangUp();
    this.token = token;
    this.failures = 0;
    addEventListener("online", this.again);
    addEventListener("offline", this.lost);
    document.addEventListener("visibilitychange", this.seen);
    this.connect();
  }

  hangUp(): void {
    this.token = undefined;
    this.drop();
    clearTimeout(this.redial);
    clearTimeout(this.poll);
    removeEventListener("online", this.again);
    removeEventListener("offline", this.lost);
    document.removeEventListener("visibilitychange", this.seen);
  }

  private drop(): void {
    this.socket?.close();
    this.socket = undefined;
    this.isLive = false;
    clearTimeout(this.heartbeat);
  }

  private readonly again = (): void => {
    if (!this.token || this.isLive) return;
    this.failures = 0;
    this.connect();
  };

  /** A sleeping laptop wakes with a socket that is dead and does not know it. */
  private readonly seen = (): void => {
    if (document.visibilityState === "visible") (this.isLive ? this.beat : this.again)();
  };

  private readonly lost = (): void => {
    this.drop();
    clearTimeout(this.poll);
    this.events.connection("offline");
  };

  private connect(): void {
    const token = this.token;
    if (!token) return;
    this.drop();
    clearTimeout(this.redial);
    if (this.failures === 0) this.events.connection("connecting");
    this.socket = this.transport.listen(token, this.events.cursor(), {
      live: () => this.live(),
      entries: (entries) => {
        this.events.heard(entries);
        this.socket?.acknowledge(this.events.cursor());
      },
      problem: (reason) => {
        if (reason === "CHAT_SESSION_OVER" || reason === "CHAT_TOKEN_INVALID") this.events.over();
      },
      closed: () => this.closed(),
    });
    this.heartbeat = setTimeout(() => this.closed(), SILENCE_MS);
  }

  private live(): void {
    this.isLive = true;
    this.failures = 0;
    clearTimeout(this.poll);
    clearTimeout(this.heartbeat);
    this.heartbeat = setTimeout(this.beat, PING_MS);
    this.events.connection("live");
  }

  private readonly beat = (): void => {
    clearTimeout(this.heartbeat);
    this.heartbeat = setTimeout(() => this.closed(), SILENCE_MS);
    this.socket?.ping();
  };

  private closed(): void {
    this.drop();
    if (!this.token) return;
    const pause = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++);
    // Not all at the same moment when the city comes back (RFC 6455, section 7.2.3).
    this.redial = setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
    void this.ask();
  }

  private async ask(): Promise<void> {
    clearTimeout(this.poll);
    const token = this.token;
    if (!token || this.isLive) return;
    try {
      const page = await this.transport.read(token, this.events.cursor());
      if (this.token !== token) return;
      this.events.heard(page.entries);
      if (!this.isLive) this.events.connection("polling");
    } catch (error) {
      if (this.token !== token) return;
      if (error instanceof Problem && error.status === 401) return this.events.over();
      if (!this.isLive) this.events.connection("offline");
    }
    if (!this.isLive) this.poll = setTimeout(() => void this.ask(), POLL_MS);
  }
}
