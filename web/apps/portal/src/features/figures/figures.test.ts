import { describe, expect, it } from "vitest";
import { cityOf, exactSpan, linesOf, nameOf, scaleOf, shortNameOf, withoutLine, type Figure } from "./figures";

const measure = { n: 12, p50_seconds: 60, p90_seconds: 120, withheld: false };
const line = (unit: string | null, procedure: string | null, cases: number): Figure => ({
  unit_id: unit,
  unit_name: unit ? { es: `Unidad ${unit}`, en: `Unit ${unit}` } : null,
  procedure,
  procedure_name: procedure ? { es: `Trámite ${procedure}`, en: `Service ${procedure}` } : null,
  cases,
  first_answer: measure,
  resolution: measure,
});
const all = [line(null, null, 30), line("a", null, 10), line("b", null, 20), line(null, "x", 30), line("a", "x", 10), line("b", "x", 20)];

describe("figures", () => {
  it("parts the lines by what they stand for, the busiest first", () => {
    expect(cityOf(all)?.cases).toBe(30);
    expect(linesOf(all, "unidad").map((one) => one.unit_id)).toEqual(["b", "a"]);
    expect(linesOf(all, "tramite").map((one) => one.procedure)).toEqual(["x"]);
    expect(linesOf(all, "todo").map((one) => nameOf(one, "en"))).toEqual(["Service x · Unit b", "Service x · Unit a"]);
  });
  it("names the procedures that have no line", () => {
    expect(withoutLine([{ code: "x" }, { code: "y" }], all)).toEqual([{ code: "y" }]);
  });
  it("tells a span without rounding", () => {
    expect(exactSpan("es-CO", 2 * 86_400 + 4 * 3600 + 10 * 60)).toBe("2 días 4 h 10 min");
    expect(exactSpan("es-CO", 86_400)).toBe("1 día");
    expect(exactSpan("en", 0)).toBe("0 min");
    expect(exactSpan("en", 3660)).toBe("1 hr 1 min");
  });
  it("puts the bars of a chart on one scale", () => {
    const days = scaleOf("es-CO", [3600, null, 5 * 86_400]);
    expect([days.size, days.format(1.5)]).toEqual([86_400, "1,5 días"]);
    expect(scaleOf("es-CO", [86_400]).size).toBe(3600);
    expect(scaleOf("es-CO", []).size).toBe(60);
  });
  it("shortens a department to what sets it apart", () => {
    const vial = { ...line("a", "x", 10), unit_name: { es: "Secretaría – Malla Vial", en: "Roads" } };
    expect(shortNameOf(vial, "es")).toBe("Trámite x · Malla Vial");
  });
});
