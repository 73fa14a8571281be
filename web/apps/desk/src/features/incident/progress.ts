import type { IncidentDetail } from "./queries";

export interface Told {
  /** Cases that have the answer: what was told, and what needed no telling because the case was over. */
  told: number;
  all: number;
  arrived: number;
  onTheWay: number;
  failed: number;
}

const ARRIVED = ["sent", "delivered", "read", "available"];
const FAILED = ["permanent_failure", "technical_failure", "unknown"];

/** How far the standing answer has come, in the four numbers that people ask for. */
export function toldOf({ cases, waiting, deliveries }: Pick<IncidentDetail, "cases" | "waiting" | "deliveries">): Told {
  const sum = (states: readonly string[]) => states.reduce((all, state) => all + (deliveries[state] ?? 0), 0);
  const entries = sum(Object.keys(deliveries));
  const arrived = sum(ARRIVED);
  const failed = sum(FAILED);
  return { told: cases - waiting, all: cases, arrived, failed, onTheWay: entries - arrived - failed };
}

/** Whether somebody is still to be told, or a channel has not said what became of an answer. */
export function isTelling({ waiting, deliveries }: Pick<IncidentDetail, "waiting" | "deliveries">): boolean {
  return waiting > 0 || ["queued", "accepted", "sending"].some((state) => (deliveries[state] ?? 0) > 0);
}
