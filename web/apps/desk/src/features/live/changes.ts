import type { ServerEvent } from "@atiende/api";

/** A change of a case, as the live stream tells it: ids and states, never what somebody wrote. */
export interface CaseChange {
  type: string;
  case_id: string;
  unit_id: string;
  status: string;
  assignee_id: string;
  version: number;
}

/** What the stream said in a short while: changes, or that only asking again is sure (`null`). */
export type Batch = readonly CaseChange[] | null;

/** Reads an event; a `reset` says that something was missed and cannot be told any more. */
export function readChange(event: ServerEvent): CaseChange | "reset" | undefined {
  if (event.type === "reset") return "reset";
  try {
    const data = JSON.parse(event.data) as Partial<CaseChange>;
    return typeof data.case_id === "string" ? (data as CaseChange) : undefined;
  } catch {
    return undefined;
  }
}

/** One change a case, the last one; many cases at once are cheaper to ask again together. */
export function condense(changes: readonly CaseChange[], most: number): Batch {
  const last = new Map<string, CaseChange>();
  for (const change of changes) last.set(change.case_id, change);
  return last.size > most ? null : [...last.values()];
}
