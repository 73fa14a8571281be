import { Problem } from "@atiende/api";
import type { ChatEntry, Outgoing } from "./conversation";
import type { Heard, Transport } from "./transport";

/** A city for tests: it takes messages once for each id, and breaks when told to. */
export class FakeCity implements Transport {
  entries: ChatEntry[] = [];
  taken: string[] = [];
  asked = 0;
  opened = 0;
  dialled = 0;
  acknowledged = 0;
  refusal: Problem | undefined;
  /** Whether the answer to a message is lost although the city took it. */
  losesAnswers = false;
  hasSockets = true;
  sockets: Heard[] = [];

  open = async () => ({ token: `t${++this.opened}`, expireTime: "2026-04-03T14:00:00Z" });

  putUp = async (_token: string, file: File) => {
    if (this.refusal) throw this.refusal;
    return `u-${file.name}`;
  };

  say = async (_token: string, { id, text, files = [] }: Pick<Outgoing, "id" | "text" | "files">) => {
    if (this.refusal) throw this.refusal;
    if (!this.taken.includes(id)) {
      this.taken.push(id);
      this.append({ direction: "in", message_id: id, text, files: files.map((one) => ({ attachment_id: one.id, filename: one.name, content_type: "image/png" })) });
    }
    if (this.losesAnswers) throw new Problem(0, {});
  };

  read = async (_token: string, cursor: number) => {
    this.asked++;
    if (this.refusal) throw this.refusal;
    return { entries: this.entries.filter((one) => one.sequence > cursor), cursor: this.entries.length };
  };

  listen = (_token: string, cursor: number, heard: Heard) => {
    this.dialled++;
    if (!this.hasSockets) {
      queueMicrotask(() => heard.closed());
    } else {
      this.sockets.push(heard);
      queueMicrotask(() => {
        heard.live();
        const missed = this.entries.filter((one) => one.sequence > cursor);
        if (missed.length > 0) heard.entries(missed);
      });
    }
    return {
      acknowledge: (upTo: number) => (this.acknowledged = upTo),
      ping: () => this.hasSockets && heard.live(),
      close: () => (this.sockets = this.sockets.filter((one) => one !== heard)),
    };
  };

  append(entry: Partial<ChatEntry>): void {
    const sequence = this.entries.length + 1;
    const line = { sequence, message_id: `m${sequence}`, direction: "out", kind: "reply", text: "", files: [], time: "2026-03-03T14:00:00Z", ...entry };
    this.entries.push(line as ChatEntry);
    for (const socket of this.sockets) socket.entries([line as ChatEntry]);
  }
}
