import type { ChannelsSchemas } from "@atiende/api";

export type ChatEntry = ChannelsSchemas["schemas"]["ChatEntry"];

/** What the visitor wrote and the city has not yet shown in the chat. */
export interface Outgoing {
  /** The client_message_id: sent again with it, the message is still one. */
  id: string;
  text: string;
  /** Files that were put up for it. */
  files?: { id: string; name: string }[];
  time: string;
  /** `taken`: durable at the city; `refused`: it will not pass as it is. */
  state: "waiting" | "sending" | "taken" | "refused";
  /** Why it was refused, in the city's words. */
  reason?: string;
}

export interface Conversation {
  entries: readonly ChatEntry[];
  /** Sequence of the last entry. */
  cursor: number;
  outgoing: readonly Outgoing[];
}

export const NOTHING: Conversation = { entries: [], cursor: 0, outgoing: [] };

/** Adds what is new, once, in order; what the visitor wrote stops to be outgoing when the chat shows it. */
export function withEntries(conversation: Conversation, heard: readonly ChatEntry[]): Conversation {
  const fresh = heard.filter((entry) => entry.sequence > conversation.cursor).sort((one, other) => one.sequence - other.sequence);
  if (fresh.length === 0) return conversation;
  const shown = new Set(fresh.flatMap((entry) => (entry.direction === "in" ? [entry.message_id] : [])));
  return {
    entries: [...conversation.entries, ...fresh],
    cursor: fresh.at(-1)?.sequence ?? conversation.cursor,
    outgoing: conversation.outgoing.filter((one) => !shown.has(one.id)),
  };
}

/** A page that was closed while it sent does not know what became of it: it sends again, with the same id. */
export function resumed(outgoing: readonly Outgoing[]): Outgoing[] {
  return outgoing.map((one) => (one.state === "sending" ? { ...one, state: "waiting" } : one));
}

export function changed(outgoing: readonly Outgoing[], id: string, change: Partial<Outgoing>): Outgoing[] {
  return outgoing.map((one) => (one.id === id ? { ...one, ...change } : one));
}

export interface TextPart {
  text: string;
  isLink: boolean;
}

const LINK = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g;

/** Splits a text at its http(s) addresses; everything else of it stays text. */
export function partsOf(text: string): TextPart[] {
  return text
    .split(LINK)
    .map((part, index) => ({ text: part, isLink: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}
