import { get, set } from "idb-keyval";
import type { CaseView } from "../../data/types";

/** How many cases are remembered as read; older ones are worked on by nobody. */
const MOST = 5_000;

let owner = "";
let marks = new Map<string, number>();
let version = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const tabs = new BroadcastChannel("atiende-desk-read");

const place = () => `read:${owner}`;

function changed(): void {
  version += 1;
  for (const listener of listeners) listener();
}

export async function loadMarks(subject: string): Promise<void> {
  if (owner === subject) return;
  owner = subject;
  marks = new Map();
  const kept = await get<[string, number][]>(place()).catch(() => undefined);
  marks = new Map([...(kept ?? []), ...marks]);
  changed();
}

export function marksVersion(): number {
  return version;
}

export function watchMarks(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Until when the citizen's words in a case were read here; nothing when never. */
export function readUntil(caseId: string): number | undefined {
  return marks.get(caseId);
}

/** Whether the citizen wrote something that this person has not had on the screen. */
export function isUnread(row: Pick<CaseView, "case_id" | "last_inbound_time" | "open_time">): boolean {
  const last = Date.parse(row.last_inbound_time ?? row.open_time);
  return last > (marks.get(row.case_id) ?? 0);
}

/** Notes that a case was read up to an instant. */
export function markRead(caseId: string, until: number): void {
  if ((marks.get(caseId) ?? 0) >= until) return;
  remember(caseId, until);
  tabs.postMessage({ owner, caseId, until });
  clearTimeout(timer);
  timer = setTimeout(() => void set(place(), [...marks].slice(-MOST)).catch(() => undefined), 500);
}

function remember(caseId: string, until: number): void {
  marks.delete(caseId);
  marks.set(caseId, until);
  changed();
}

tabs.addEventListener("message", ({ data }: MessageEvent<{ owner: string; caseId: string; until: number }>) => {
  if (data.owner === owner && (marks.get(data.caseId) ?? 0) < data.until) remember(data.caseId, data.until);
});
