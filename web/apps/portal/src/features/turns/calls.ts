import type { Called } from "./queries";

/** Names one call of one ticket: called again it is another one. */
export function callId(called: Pick<Called, "ticket" | "calls">): string {
  return `${called.ticket}/${called.calls}`;
}

/** Calls that were not on the board when it was looked at last, oldest first; nothing is new at the first look. */
export function newCalls(before: ReadonlySet<string> | undefined, now: readonly Called[]): Called[] {
  if (!before) return [];
  return now.filter((one) => one.status === "called" && !before.has(callId(one))).toReversed();
}

/** How long until the page loads itself again: at this hour of the night nobody waits in a hall. */
export function untilNight(now: Date, hour = 3): number {
  const night = new Date(now);
  night.setHours(hour, 30, 0, 0);
  if (night <= now) night.setDate(night.getDate() + 1);
  return night.getTime() - now.getTime();
}
