import { describe, expect, it } from "vitest";
import { faultsOf, toldFaults } from "./faults";
import { readForm, withValue, type FieldSchema } from "./schema";

const one = (field: Partial<FieldSchema>, required: string[] = []) =>
  readForm({ type: "object", properties: { dato: { type: "string", ...field } }, required });

describe("faultsOf", () => {
  it("misses what is required, also when it was emptied", () => {
    const form = one({}, ["dato"]);
    expect(faultsOf(form, {})).toEqual([{ name: "dato", rule: "required" }]);
    expect(faultsOf(form, withValue({ dato: "algo" }, "dato", ""))).toEqual([{ name: "dato", rule: "required" }]);
  });
  it("lets an optional field be empty whatever its rules", () => {
    expect(faultsOf(one({ minLength: 5, pattern: "^x$", format: "email" }), {})).toEqual([]);
  });
  it.each<[Partial<FieldSchema>, unknown, string]>([
    [{ minLength: 5 }, "Cll", "minLength"],
    [{ maxLength: 3 }, "calle", "maxLength"],
    [{ pattern: "^[A-Z]{0,3}-?[0-9]{2,8}$" }, "poste", "pattern"],
    [{ format: "email" }, "rosa@", "email"],
    [{ format: "date" }, "31/12/2026", "date"],
    [{ enum: ["a", "b"] }, "c", "choice"],
    [{ oneOf: [{ const: "apagada", title: "Apagada" }] }, "Apagada", "choice"],
    [{ type: "integer" }, "dos", "integer"],
    [{ type: "integer" }, 1.5, "integer"],
    [{ type: "number" }, "1,x", "number"],
    [{ type: "integer", minimum: 1 }, 0, "minimum"],
    [{ type: "integer", maximum: 200 }, 201, "maximum"],
    [{ type: "number", exclusiveMinimum: 0 }, 0, "exclusiveMinimum"],
    [{ type: "number", multipleOf: 0.1 }, 0.25, "multipleOf"],
    [{ type: "boolean", const: true }, false, "consent"],
    [{ type: "array", minItems: 2, items: { type: "string", enum: ["a", "b"] } }, ["a"], "minItems"],
    [{ type: "array", items: { type: "string", enum: ["a", "b"] } }, ["z"], "choice"],
  ])("tells that %o refuses %o: %s", (field, value, rule) => {
    expect(faultsOf(one(field), { dato: value })[0]?.rule).toBe(rule);
  });
  it.each<[Partial<FieldSchema>, unknown]>([
    [{ maxLength: 2 }, "😀😀"],
    [{ type: "number", multipleOf: 0.1 }, 0.3],
    [{ type: "integer", minimum: 1 }, 1],
    [{ pattern: "(?P<anio>[0-9]+)" }, "what only RE2 can read is the service's to judge"],
    [{ type: "boolean" }, false],
  ])("accepts for %o: %o", (field, value) => {
    expect(faultsOf(one(field, ["dato"]), { dato: value })).toEqual([]);
  });
  it("keeps to the order of the questions", () => {
    const form = readForm({ properties: { b: { type: "string" }, a: { type: "string" } }, required: ["a", "b"] });
    expect(faultsOf(form, {}).map((fault) => fault.name)).toEqual(["b", "a"]);
    expect(faultsOf(form, {}, ["a"]).map((fault) => fault.name)).toEqual(["a"]);
  });
});

describe("toldFaults", () => {
  const form = readForm({ properties: { direccion: { type: "string" }, tipo: { type: "string" } } });
  it("finds the field of a pointer, with or without the body's part", () => {
    expect(toldFaults(form, { "/body/values/tipo": "Elija una." })).toEqual([{ name: "tipo", rule: "told", text: "Elija una." }]);
    expect(toldFaults(form, { "/direccion": "Falta." })[0]?.name).toBe("direccion");
  });
  it("does not take another field's end for the field", () => {
    expect(toldFaults(form, { "/body/contact/subtipo": "No." })).toEqual([]);
  });
});
