import { describe, expect, it } from "vitest";
import { clock, groupedHours } from "./hours";

const morning = [{ opens: "07:30", closes: "12:00" }];
const days = (["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const).map((weekday) => ({
  weekday,
  spans: weekday === "sat" || weekday === "sun" ? [] : weekday === "fri" ? [{ opens: "07:30", closes: "11:00" }] : morning.map((one) => ({ ...one })),
}));

describe("hours", () => {
  it("says days that are alike once", () => {
    expect(groupedHours(days).map(({ first, last, spans }) => [first, last, spans.length])).toEqual([["mon", "thu", 1], ["fri", "fri", 1], ["sat", "sun", 0]]);
    expect(groupedHours([])).toEqual([]);
  });
  it("writes the clock as a language does", () => {
    expect(clock("en", "13:05")).toBe("1:05\u00a0PM");
    expect(clock("es-CO", "07:30")).toMatch(/^7:30/);
  });
});
