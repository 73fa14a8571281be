import { createStore, del, entries, get, set } from "idb-keyval";

/** A file that was put up and waits for its answer. */
export interface PutUpFile {
  id: string;
  name: string;
  bytes: number;
}

/** A colleague whom a note calls. */
export interface Called {
  subject: string;
  name: string;
}

/** A message that was told to go and whose fate is not known yet. */
export interface Outgoing {
  /** Idempotency key: the same message again is the same message. */
  key: string;
  kind: "reply" | "note";
  text: string;
  channel: string | null;
  /** Key of an approved template that goes in place of the text, which then only shows it. */
  template: string | null;
  files: readonly PutUpFile[];
  mentions: readonly Called[];
  time: string;
}

/** What somebody was writing in a case. */
export interface Draft {
  mode: "reply" | "note";
  reply: string;
  note: string;
  channel: string | null;
  files: readonly PutUpFile[];
  mentions: readonly Called[];
  outgoing: readonly Outgoing[];
  time: string;
}

export const EMPTY: Draft = { mode: "reply", reply: "", note: "", channel: null, files: [], mentions: [], outgoing: [], time: "" };

/** Whether nothing would be lost; which kind of message was chosen is not worth keeping. */
export function isEmpty(draft: Draft): boolean {
  return draft.reply.trim() === "" && draft.note.trim() === "" && draft.files.length === 0 && draft.outgoing.length === 0;
}

/*
 * Drafts live in IndexedDB, by person and case: they survive a reload, a closed tab and a lost connection. Tabs tell
 * each other, so that the same case open twice shows the same text.
 */
const store = createStore("atiende-desk-drafts", "drafts");
const tabs = new BroadcastChannel("atiende-desk-drafts");
const known = new Map<string, Draft>();
const listeners = new Set<() => void>();
let owner = "";
let loading: Promise<void> | undefined;
let ids: ReadonlySet<string> = new Set();
/** Whether this device keeps drafts at all (private windows and full disks may not). */
let kept = true;

const place = (caseId: string) => `${owner}/${caseId}`;

function changed(): void {
  const now = [...known].filter(([, draft]) => !isEmpty(draft)).map(([caseId]) => caseId);
  if (now.length !== ids.size || now.some((id) => !ids.has(id))) ids = new Set(now);
  for (const listener of listeners) listener();
}

/** Reads all drafts of a person, once. */
export function loadDrafts(subject: string): Promise<void> {
  if (owner === subject && loading) return loading;
  owner = subject;
  known.clear();
  loading = entries<string, Draft>(store)
    .then((all) => {
      for (const [key, draft] of all) {
        const [who, caseId] = key.split("/");
        // What was typed while this was read is newer than what was read.
        if (who === subject && caseId && !known.has(caseId)) known.set(caseId, { ...EMPTY, ...draft });
      }
    })
    .catch(() => {
      kept = false;
    })
    .then(changed);
  return loading;
}

export function draftOf(caseId: string): Draft {
  return known.get(caseId) ?? EMPTY;
}

export function draftIds(): ReadonlySet<string> {
  return ids;
}

export function draftsAreKept(): boolean {
  return kept;
}

export function watchDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Changes a draft at once in memory and on disk. */
export function changeDraft(caseId: string, change: Partial<Draft> | ((draft: Draft) => Partial<Draft>)): void {
  const before = draftOf(caseId);
  const wanted = typeof change === "function" ? change(before) : change;
  const draft = { ...before, ...wanted, time: new Date().toISOString() };
  known.set(caseId, draft);
  changed();
  save(caseId, draft);
}

function save(caseId: string, draft: Draft): void {
  const where = place(caseId);
  const written = isEmpty(draft) ? del(where, store) : set(where, draft, store);
  written.then(
    () => tabs.postMessage({ owner, caseId, time: draft.time }),
    () => {
      kept = false;
      changed();
    },
  );
}

tabs.addEventListener("message", ({ data }: MessageEvent<{ owner: string; caseId: string; time: string }>) => {
  if (data.owner !== owner) return;
  void get<Draft>(place(data.caseId), store).then((draft) => {
    const mine = known.get(data.caseId);
    if (mine && mine.time >= (draft?.time ?? data.time)) return;
    if (draft) known.set(data.caseId, { ...EMPTY, ...draft });
    else known.delete(data.caseId);
    changed();
  });
});
