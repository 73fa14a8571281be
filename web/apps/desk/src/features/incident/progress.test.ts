import { describe, expect, it } from "vitest";
import { isTelling, toldOf } from "./progress";

describe("toldOf", () => {
  it("counts what arrived, what failed and what is on its way", () => {
    const deliveries = { queued: 2, temporary_failure: 1, delivered: 3, read: 1, permanent_failure: 1, unknown: 1 };
    expect(toldOf({ cases: 12, waiting: 3, deliveries })).toEqual({ told: 9, all: 12, arrived: 4, failed: 2, onTheWay: 3 });
  });
  it("is watched until nobody waits and every channel has spoken", () => {
    const shown = (waiting: number, deliveries: Record<string, number>) => isTelling({ waiting, deliveries });
    expect(shown(1, {})).toBe(true);
    expect(shown(0, { queued: 1 })).toBe(true);
    expect(shown(0, { delivered: 4, unknown: 1 })).toBe(false);
  });
});
