import { Problem, dataOf } from "@atiende/api";
import type { QueryClient } from "@tanstack/react-query";
import { api } from "../../app/api";
import { caseQueries } from "../../data/cases";
import type { ChannelCode, Entry } from "../../data/types";
import { changeDraft, draftOf, type Outgoing } from "../drafts/drafts";

type ReplyChannel = "webchat" | "email" | "whatsapp" | "portal";

const running = new Set<string>();
const failures = new Map<string, Problem>();
const listeners = new Set<() => void>();

function told(): void {
  for (const listener of listeners) listener();
}

export function watchSending(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function isRunning(key: string): boolean {
  return running.has(key);
}

export function failureOf(key: string): Problem | undefined {
  return failures.get(key);
}

/** Puts a message on its way: kept with its key before anything is sent, so that it cannot be lost nor go twice. */
export function send(client: QueryClient, caseId: string, message: Omit<Outgoing, "key" | "time">): void {
  const outgoing: Outgoing = { ...message, key: crypto.randomUUID(), time: new Date().toISOString() };
  const sent = message.kind === "reply" ? { files: [] } : { mentions: [] };
  // A template leaves what was being written where it is.
  const words = message.template ? {} : { [message.kind]: "" };
  changeDraft(caseId, (draft) => ({ ...words, ...sent, outgoing: [...draft.outgoing, outgoing] }));
  void attempt(client, caseId, outgoing);
}

/** Tries a message, again with the same key: the service does it once. */
export async function attempt(client: QueryClient, caseId: string, outgoing: Outgoing): Promise<void> {
  if (running.has(outgoing.key)) return;
  running.add(outgoing.key);
  failures.delete(outgoing.key);
  told();
  try {
    const entry = await post(caseId, outgoing);
    client.setQueryData(caseQueries.timeline(caseId).queryKey, (data) =>
      data && !data.items.some((one) => one.message_id === entry.message_id) ? { ...data, items: [...data.items, entry] } : data,
    );
    drop(caseId, outgoing.key);
    void client.invalidateQueries({ queryKey: ["case", caseId] });
  } catch (error) {
    failures.set(outgoing.key, error instanceof Problem ? error : new Problem(500, {}));
  } finally {
    running.delete(outgoing.key);
    told();
  }
}

/** Takes a message that was refused back into the place where it is written. */
export function takeBack(caseId: string, outgoing: Outgoing): void {
  const now = draftOf(caseId);
  const words = outgoing.template ? {} : { [outgoing.kind]: [outgoing.text, now[outgoing.kind]].filter(Boolean).join("\n\n") };
  changeDraft(caseId, {
    ...words,
    mode: outgoing.kind,
    ...(outgoing.kind === "reply" ? { files: [...outgoing.files, ...now.files] } : { mentions: [...outgoing.mentions, ...now.mentions] }),
    outgoing: now.outgoing.filter((one) => one.key !== outgoing.key),
  });
  failures.delete(outgoing.key);
}

function drop(caseId: string, key: string): void {
  changeDraft(caseId, (draft) => ({ outgoing: draft.outgoing.filter((one) => one.key !== key) }));
}

function post(caseId: string, { kind, text, channel, template, files, mentions, key }: Outgoing): Promise<Entry> {
  const params = { path: { case_id: caseId }, header: { "Idempotency-Key": key } };
  if (kind === "note") {
    const body = { text, mentions: [...new Set(mentions.map((one) => one.subject))] };
    return dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/notes", { params, body }));
  }
  const body = {
    ...(template ? { template } : { text }),
    attachment_ids: files.map((file) => file.id),
    ...(channel ? { channel: channel as ReplyChannel & ChannelCode } : {}),
  };
  return dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/replies", { params, body }));
}
