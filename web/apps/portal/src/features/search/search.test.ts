import { describe, expect, it } from "vitest";
import { hitsOf, matchProcedures, ownHits, type ProcedureSummary } from "./search";

const procedure = (code: string, name: string, description = ""): ProcedureSummary => ({
  code, name, description, audience: "Cualquier persona", category: "Servicios", unit: { id: "u", name: "Unidad" },
  cost: "Gratuito", online: true, deadline: { kind: "working_days", amount: 5, text: "5 días hábiles" }, channels: ["portal", "counter"],
});
const all = [
  procedure("alumbrado", "Alumbrado público", "Reporte luminarias apagadas o postes dañados."),
  procedure("huecos", "Huecos en la vía", "Informe huecos y sumideros; también postes caídos."),
  procedure("poste", "Postes", ""),
];
const codes = (question: string) => matchProcedures(all, question).map((one) => one.code);

describe("matchProcedures", () => {
  it("finds what fits best, and leaves out what hardly fits", () => {
    expect(codes("hay un hueco en la calle")).toEqual(["huecos"]);
    expect(codes("hueco apagado")).toEqual(["huecos"]);
    expect(codes("pasaporte")).toEqual([]);
  });
  it("does not mind accents, case or plural", () => {
    expect(codes("LUMINARIA")).toEqual(["alumbrado"]);
    expect(codes("alumbrado publico")).toEqual(["alumbrado"]);
  });
  it("puts a name before a description", () => expect(codes("poste")[0]).toBe("poste"));
  it("finds nothing for nothing", () => expect(codes("  ")).toEqual([]));
});

describe("hits", () => {
  it("parts what the city found and gives whole answers", () => {
    const piece = (text: string, hit = false) => ({ text, hit });
    const hits = hitsOf(
      [
        { kind: "procedure", key: "huecos", title: [piece("Huecos", true), piece(" en la vía")], snippet: [piece("…")], procedure: "huecos", score: 3 },
        { kind: "faq", key: "aseo", title: [piece("¿Cuándo?")], snippet: [piece("Los "), piece("lunes", true)], procedure: null, score: 2 },
        { kind: "faq", key: "otra", title: [piece("¿Dónde?")], snippet: [piece("En "), piece("casa", true)], procedure: null, score: 1 },
      ],
      [{ key: "aseo", question: "¿Cuándo?", answer: "Los lunes y los jueves.", procedure: null }],
    );
    expect(hits.procedures.map((one) => one.code)).toEqual(["huecos"]);
    expect(hits.procedures[0]?.name.filter((one) => one.hit).map((one) => one.text)).toEqual(["Huecos"]);
    expect(hits.answers.map((one) => one.answer)).toEqual(["Los lunes y los jueves.", "En casa"]);
  });
  it("falls back on the procedures that the page knows", () => {
    expect(ownHits(all, "luminarias").procedures.map((one) => one.code)).toEqual(["alumbrado"]);
  });
});
