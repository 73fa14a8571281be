import { describe, expect, it } from "vitest";
import { format } from "./useFormat";

describe("format", () => {
  const es = format("es-CO", "America/Bogota", "hoy");
  it("tells the city's time, not the device's", () => {
    expect(es.dateTime("2026-11-26T02:30:00Z")).toContain("25 de noviembre");
    expect(es.time("2026-11-26T02:30:00Z")).toContain("9:30");
  });
  it("rounds a span to what matters", () => {
    expect(es.span(20)).toBe("1 minuto");
    expect(es.span(300)).toBe("5 minutos");
    expect(es.span(3 * 3600)).toBe("3 horas");
    expect(es.span(4 * 86_400)).toBe("4 días");
  });
  it("says sizes of files in words that people know", () => {
    expect(es.size(2_400_000)).toBe("2,4 MB");
    expect(es.size(820_000)).toBe("820 kB");
  });
  it("says today for today", () => {
    expect(es.when(new Date().toISOString())).toMatch(/^hoy, /);
  });
});
