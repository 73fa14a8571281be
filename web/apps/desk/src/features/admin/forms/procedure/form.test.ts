import { describe, expect, it } from "vitest";
import type { Procedure } from "../../content";
import { addQuestion, inLanguage, moveToPage, ofKind, pagesOf, setBeside, setRequired, textsOf, withPages, withTexts } from "./form";

const procedure = {
  name: { es: "Luz", en: "Light" },
  form: {
    type: "object",
    required: ["sitio"],
    properties: { sitio: { type: "string", title: "Sitio", "x-title": { en: "Place" } }, cuando: { type: "string", format: "date" } },
  },
} as unknown as Procedure;

const propertiesOf = (one: Procedure) => Object.keys((one.form as { properties: object }).properties);

describe("a procedure's form", () => {
  it("without pages is one page with everything", () => {
    expect(pagesOf({ ...procedure, place: "optional" })).toEqual([{ id: "datos", title: procedure.name, fields: ["sitio", "cuando", "@place"] }]);
  });

  it("a new question has a name of its own and stands at the end of its page", () => {
    const once = addQuestion(procedure, 0, "¿Qué sitio?", "es");
    const twice = addQuestion(once, 0, "Qué sitio", "es");
    expect(pagesOf(twice)[0]?.fields).toEqual(["sitio", "cuando", "que_sitio", "que_sitio_2"]);
    expect(propertiesOf(twice)).toContain("que_sitio_2");
  });

  it("what stands on no page is asked no more, and no more required", () => {
    const left = withPages(setRequired(procedure, "cuando", true), [{ id: "a", title: {}, fields: ["cuando"] }]);
    expect(propertiesOf(left)).toEqual(["cuando"]);
    expect((left.form as { required: string[] }).required).toEqual(["cuando"]);
  });

  it("a question moves to another page and keeps what it is", () => {
    const pages = [{ id: "a", title: {}, fields: ["sitio", "cuando"] }, { id: "b", title: {}, fields: [] }];
    const moved = moveToPage({ ...procedure, pages }, "sitio", 1);
    expect(pagesOf(moved).map((page) => page.fields)).toEqual([["cuando"], ["sitio"]]);
    expect(propertiesOf(moved)).toContain("sitio");
  });

  it("files are asked for on the last page, and no more", () => {
    const asked = setBeside(procedure, "attachments", "required");
    expect([asked.attachments, pagesOf(asked)[0]?.fields]).toEqual(["required", ["sitio", "cuando", "@attachments"]]);
    const none = setBeside(asked, "attachments", "none");
    expect([none.attachments, pagesOf(none)[0]?.fields]).toEqual(["none", ["sitio", "cuando"]]);
  });

  it("asked in another way, a question keeps its words and its options", () => {
    const choice = { ...ofKind("choice", { type: "string", title: "Qué", "x-title": { en: "What" } } as never), oneOf: [{ const: "a", title: "A" }] };
    expect(ofKind("manyChoices", choice)).toEqual({
      title: "Qué", "x-title": { en: "What" }, type: "array", uniqueItems: true, items: { type: "string", oneOf: [{ const: "a", title: "A" }] },
    });
  });

  it("words and translations are one text here, and the citizen reads their own", () => {
    const field = withTexts({ type: "string" }, "title", "es", { es: "Sitio", en: "Place" });
    expect(field).toEqual({ type: "string", title: "Sitio", "x-title": { en: "Place" } });
    expect(textsOf(field, "title", "es")).toEqual({ es: "Sitio", en: "Place" });
    expect(inLanguage(procedure, "en").properties["sitio"]?.title).toBe("Place");
    expect(inLanguage(procedure, "es").properties["sitio"]?.title).toBe("Sitio");
  });
});
