import { describe, expect, it } from "vitest";
import { callId, newCalls, untilNight } from "./calls";
import type { Called } from "./queries";

const called = (ticket: string, calls = 1, status: Called["status"] = "called"): Called => ({
  ticket, calls, status, desk: "Ventanilla 3", call_time: null,
});

describe("newCalls", () => {
  it("says nothing of what was there when the screen was switched on", () => {
    expect(newCalls(undefined, [called("A-001")])).toEqual([]);
  });
  it("tells each call once, oldest first, and again when it is called again", () => {
    const before = new Set([callId(called("A-001"))]);
    const now = [called("A-003"), called("A-002"), called("A-001", 2)];
    expect(newCalls(before, now).map(callId)).toEqual(["A-001/2", "A-002/1", "A-003/1"]);
    expect(newCalls(new Set(now.map(callId)), now)).toEqual([]);
  });
  it("leaves out who is being attended already", () => {
    expect(newCalls(new Set(), [called("A-004", 1, "attending")])).toEqual([]);
  });
});

describe("untilNight", () => {
  it("is tonight, or the next night when that has passed", () => {
    expect(untilNight(new Date(2026, 10, 26, 1, 30))).toBe(2 * 3_600_000);
    expect(untilNight(new Date(2026, 10, 26, 3, 30))).toBe(24 * 3_600_000);
  });
});
