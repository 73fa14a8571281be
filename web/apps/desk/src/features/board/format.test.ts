import { describe, expect, it } from "vitest";
import { figures, span } from "./format";

describe("span", () => {
  it.each([
    [0, "0 s"], [-5, "0 s"], [59.4, "59 s"], [60, "1 min"], [3599, "59 min"], [3600, "1 h"], [7500, "2 h 05 min"], [86_400, "1 d"],
    [90_000, "1 d 1 h"],
  ])("says %d seconds as %s", (seconds, text) => {
    expect(span(seconds)).toBe(text);
  });
});

describe("figures", () => {
  const noon = Date.parse("2026-03-02T17:00:00Z");
  const city = figures("es-CO", "America/Bogota", () => noon);
  it("tells the time of the city, with the day when it is not today", () => {
    expect(city.moment("2026-03-02T14:05:00Z")).toMatch(/^9:05/);
    // Already tomorrow in London, still today in the city.
    expect(city.moment("2026-03-03T03:00:00Z")).toMatch(/^10:00/);
    expect(city.moment("2026-03-03T13:00:00Z")).toMatch(/mar.*3.*8:00/);
  });
  it("leaves a calendar day the day that it is", () => {
    expect(city.date("2026-12-08")).toContain("8 de diciembre de 2026");
  });
});
