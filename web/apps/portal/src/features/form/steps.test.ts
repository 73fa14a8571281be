import { readForm } from "@atiende/ui";
import { describe, expect, it } from "vitest";
import { newDraft, type Draft } from "./draft";
import { answersOf, stepFaults, stepsOf, toldStepFaults, type Definition } from "./steps";

const form = readForm({
  properties: {
    direccion: { type: "string", title: "Dirección", minLength: 5 },
    dano: { type: "string", title: "Daño" },
    copia: { type: "string", "x-input": "file", title: "Copia" },
    pruebas: { type: "array", maxItems: 3, items: { type: "string", "x-input": "file" }, title: "Pruebas" },
    otros: { type: "string", title: "Otros" },
  },
  required: ["direccion", "copia"],
});
const definition: Definition = {
  form,
  pages: [
    { id: "lugar", title: "¿Dónde es?", fields: ["direccion", "@place"] },
    { id: "pruebas", title: "Pruebas", fields: ["copia", "pruebas", "@attachments"] },
  ],
  place: "required",
  attachments: "optional",
};
const draft = (patch: Partial<Draft> = {}): Draft => ({ ...newDraft("x", "X", {}, "es", "portal"), ...patch });
const file = (id: string, field?: string) => ({ id, field, name: `${id}.jpg`, blob: new Blob(["x"]) });

describe("stepsOf", () => {
  it("follows the city's pages, adds what they forgot, then asks for contact and shows everything", () => {
    const steps = stepsOf(definition);
    expect(steps.map((step) => step.id)).toEqual(["lugar", "pruebas", "mas", "contacto", "revisar"]);
    expect(steps[0]).toMatchObject({ fields: ["direccion"], asksPlace: true, asksFiles: false });
    expect(steps[1]).toMatchObject({ fields: ["copia", "pruebas"], asksFiles: true });
    expect(steps[2]?.fields).toEqual(["dano", "otros"]);
  });
  it("makes pages of few questions when the city made none, and asks for place and files after them", () => {
    const steps = stepsOf({ ...definition, pages: [], attachments: "none" });
    expect(steps.map((step) => step.fields.length)).toEqual([3, 2, 0, 0, 0]);
    expect(steps[2]).toMatchObject({ asksPlace: true, asksFiles: false });
  });
});

describe("answersOf", () => {
  it("gives a file's id for a question for one file and a list for one for many", () => {
    const filled = draft({ values: { direccion: "Calle 1" }, files: [file("a", "copia"), file("b", "pruebas"), file("c")] });
    expect(answersOf(form, filled, (one) => `u-${one.id}`)).toEqual({ direccion: "Calle 1", copia: "u-a", pruebas: ["u-b"] });
  });
});

describe("stepFaults", () => {
  const [place, proofs, , contact] = stepsOf(definition);
  it("names what is missing on a page, the place among it", () => {
    if (!place || !proofs) throw new Error("no pages");
    expect(stepFaults(definition, draft(), place).map((one) => one.target)).toEqual(["campo-direccion", "lugar"]);
    const filled = draft({ values: { direccion: "Calle 12 # 4" }, place: { latitude: 4.6, longitude: -74 } });
    expect(stepFaults(definition, filled, place)).toEqual([]);
    expect(stepFaults(definition, draft(), proofs).map((one) => one.target)).toEqual(["campo-copia"]);
    expect(stepFaults(definition, draft({ files: [file("a", "copia")] }), proofs)).toEqual([]);
  });
  it("wants a way to answer that can work, and the permission", () => {
    if (!contact) throw new Error("no page");
    const targets = (patch: Partial<Draft["contact"]>, consent = true) =>
      stepFaults(definition, draft({ contact: { name: "", way: "", email: "", whatsapp: "", ...patch }, consent }), contact).map((one) => one.target);
    expect(targets({}, false)).toEqual(["contacto-medio-first", "contacto-permiso"]);
    expect(targets({ way: "email", email: "rosa@" })).toEqual(["contacto-correo"]);
    expect(targets({ way: "whatsapp", whatsapp: "12" })).toEqual(["contacto-whatsapp"]);
    expect(targets({ way: "none" })).toEqual([]);
  });
});

describe("toldStepFaults", () => {
  it("finds page and field of what the service refused", () => {
    const told = toldStepFaults(stepsOf(definition), {
      "/values/direccion": "No existe.", "/values/pruebas/0": "Vencido.", "/contact/email": "No es un correo.", "/place": "Fuera.",
      "/attachment_ids/0": "Ya no está.", "/consents/data_processing": "Falta.", "/procedure_code": "No existe.",
    });
    expect(told.map((one) => [one.step, one.target])).toEqual([
      ["lugar", "campo-direccion"], ["pruebas", "campo-pruebas"], ["contacto", "contacto-correo"], ["lugar", "lugar"],
      ["pruebas", "archivos"], ["contacto", "contacto-permiso"], ["revisar", "enviar"],
    ]);
  });
});
