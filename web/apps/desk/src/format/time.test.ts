import { describe, expect, it } from "vitest";
import { dayOf, shortTime, spanInWords, urgencyOf } from "./time";

const HOUR = 3_600_000;
const BOGOTA = "America/Bogota";

describe("spanInWords", () => {
  it.each([
    [20_000, "1 minuto"],
    [45 * 60_000, "45 minutos"],
    [3 * HOUR, "3 horas"],
    [-50 * HOUR, "2 días"],
  ])("says %d ms as %s", (span, words) => {
    expect(spanInWords(span, "es")).toBe(words);
  });
});

describe("urgencyOf", () => {
  const now = Date.parse("2026-11-03T15:00:00Z");
  it("is overdue when its time passed, or when the city's clock says so", () => {
    expect(urgencyOf("2026-11-03T14:59:59Z", now)).toBe("overdue");
    expect(urgencyOf("2026-11-05T15:00:00Z", now, true)).toBe("overdue");
  });
  it("presses within the day's work", () => {
    expect(urgencyOf("2026-11-03T20:00:00Z", now)).toBe("soon");
    expect(urgencyOf("2026-11-04T20:00:00Z", now)).toBe("later");
  });
});

describe("days and times of the city", () => {
  it("changes day at midnight in the city, not in London", () => {
    expect(dayOf("2026-11-04T04:59:00Z", BOGOTA)).toBe("2026-11-03");
    expect(dayOf("2026-11-04T05:00:00Z", BOGOTA)).toBe("2026-11-04");
  });
  it("shows only the clock today", () => {
    expect(shortTime("2026-11-03T19:05:00Z", Date.parse("2026-11-04T02:00:00Z"), "es", BOGOTA)).toContain("05");
  });
});
