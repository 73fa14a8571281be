import { Problem } from "@atiende/api";
import { changed, NOTHING, resumed, withEntries, type ChatEntry, type Conversation, type Outgoing } from "./conversation";
import { ChatLine, type Connection } from "./line";
import type { ChatSession, ChatStore } from "./store";
import type { Transport } from "./transport";

export interface ChatState extends Conversation {
  isLoaded: boolean;
  connection: Connection;
  token: string | undefined;
  /** The chat of before is over (it lasts 30 days) and another one began. */
  isRenewed: boolean;
  draft: string;
}

const FIRST_RETRY_MS = 2_000;
const LAST_RETRY_MS = 30_000;

/** One visitor's chat: what was said, what waits to be sent, and the line to the city. */
export class ChatClient {
  private state: ChatState = { ...NOTHING, isLoaded: false, connection: "idle", token: undefined, isRenewed: false, draft: "" };
  private readonly listeners = new Set<() => void>();
  private readonly line: ChatLine;
  private isSending = false;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private started: Promise<void> | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly store: ChatStore,
  ) {
    this.line = new ChatLine(transport, {
      cursor: () => this.state.cursor,
      heard: (entries) => this.hear(entries),
      connection: (connection) => this.set({ connection }),
      over: () => void this.renew(),
    });
  }

  readonly snapshot = (): ChatState => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes up what the device kept. */
  start(): Promise<void> {
    this.started ??= this.load();
    return this.started;
  }

  /** Ends the line; what was kept stays. */
  stop(): void {
    this.line.hangUp();
    clearTimeout(this.retry);
    removeEventListener("online", this.flush);
    this.started = undefined;
  }

  async send(text: string): Promise<void> {
    const message: Outgoing = { id: `c-${crypto.randomUUID()}`, text, time: new Date().toISOString(), state: "waiting" };
    await this.keep((now) => [...now, message]);
    this.flush();
  }

  /**
   * Sends a file as a message of its own.
   *
   * @throws Problem when the city did not take the file.
   */
  async sendFile(file: File): Promise<void> {
    const id = await this.transport.putUp(await this.token(), file);
    const files = [{ id, name: file.name }];
    await this.keep((now) => [...now, { id: `c-${crypto.randomUUID()}`, text: "", files, time: new Date().toISOString(), state: "waiting" }]);
    this.flush();
  }

  /** Sends once more what was refused. */
  async resend(id: string): Promise<void> {
    await this.keep((now) => changed(now, id, { state: "waiting" }));
    this.flush();
  }

  async discard(id: string): Promise<void> {
    await this.keep((now) => now.filter((one) => one.id !== id));
  }

  keepDraft(draft: string): void {
    this.set({ draft });
    void this.store.change("draft", () => draft);
  }

  /** Forgets everything: the next person at this device finds nothing. */
  async forget(): Promise<void> {
    this.stop();
    this.set({ ...NOTHING, connection: "idle", token: undefined, isRenewed: false, draft: "" });
    await this.store.clear();
  }

  private async load(): Promise<void> {
    const [session, outgoing, draft] = await Promise.all([
      this.store.read("session"), this.store.read("outgoing"), this.store.read("draft"),
    ]);
    this.set({ isLoaded: true, token: session?.token, outgoing: resumed(outgoing ?? []), draft: this.state.draft || (draft ?? "") });
    addEventListener("online", this.flush);
    if (session) this.line.dial(session.token);
    this.flush();
  }

  /** Sends what waits, one after the other, so that it arrives in the order in which it was written. */
  private readonly flush = (): void => {
    if (!this.isSending) void this.sendWaiting();
  };

  private async sendWaiting(): Promise<void> {
    this.isSending = true;
    clearTimeout(this.retry);
    try {
      for (let next = this.waiting(); next; next = this.waiting()) {
        if (!(await this.sendOne(next))) break;
      }
    } finally {
      this.isSending = false;
    }
  }

  private waiting(): Outgoing | undefined {
    return this.state.outgoing.find((one) => one.state === "waiting");
  }

  private async sendOne(message: Outgoing): Promise<boolean> {
    const { id } = message;
    await this.keep((now) => changed(now, id, { state: "sending" }));
    try {
      await this.transport.say(await this.token(), message);
      this.failures = 0;
      await this.keep((now) => changed(now, id, { state: "taken" }));
      return true;
    } catch (error) {
      return this.failed(id, error);
    }
  }

  /** Says whether the next message may be tried at once. */
  private async failed(id: string, error: unknown): Promise<boolean> {
    const problem = error instanceof Problem ? error : new Problem(0, {});
    if (problem.status === 401) {
      await this.renew();
      await this.keep((now) => changed(now, id, { state: "waiting" }));
      return true;
    }
    if (problem.isTemporary) {
      await this.keep((now) => changed(now, id, { state: "waiting" }));
      const pause = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures++);
      this.retry = setTimeout(this.flush, Math.max(pause, (problem.retryAfterSeconds ?? 0) * 1000));
      return false;
    }
    await this.keep((now) => changed(now, id, { state: "refused", reason: problem.message }));
    return true;
  }

  private async token(): Promise<string> {
    if (this.state.token) return this.state.token;
    const opened = await this.transport.open();
    // Another tab may have opened one meanwhile: the first one stands for both.
    const session = (await this.store.change("session", (now) => now ?? opened)) as ChatSession;
    this.set({ token: session.token });
    this.line.dial(session.token);
    return session.token;
  }

  private async renew(): Promise<void> {
    const old = this.state.token;
    this.line.hangUp();
    await this.store.change("session", (now) => (now?.token === old ? undefined : now));
    const kept = await this.store.read("session");
    this.set({ token: kept?.token, entries: [], cursor: 0, isRenewed: true, connection: "idle" });
    if (kept) this.line.dial(kept.token);
  }

  private hear(entries: readonly ChatEntry[]): void {
    const next = withEntries(this.state, entries);
    if (next === this.state) return;
    const gone = this.state.outgoing.filter((one) => !next.outgoing.includes(one)).map((one) => one.id);
    this.set({ entries: next.entries, cursor: next.cursor, outgoing: next.outgoing });
    if (gone.length > 0) void this.store.change("outgoing", (now) => (now ?? []).filter((one) => !gone.includes(one.id)));
  }

  private async keep(change: (now: readonly Outgoing[]) => Outgoing[]): Promise<void> {
    this.set({ outgoing: change(this.state.outgoing) });
    await this.store.change("outgoing", (now) => change(now ?? []));
  }

  private set(change: Partial<ChatState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
