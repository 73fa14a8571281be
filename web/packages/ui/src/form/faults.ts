import { choicesOf, type FieldSchema, type FormSchema, type FormValues } from "./schema";

/** What is wrong with one field: a key of the words under `schemaForm.fault` and what they name. */
export interface Fault {
  name: string;
  rule:
    | "required" | "minLength" | "maxLength" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf"
    | "minItems" | "maxItems" | "choice" | "pattern" | "number" | "integer" | "email" | "date" | "consent" | "told";
  limit?: number | undefined;
  /** The service's own words, for a fault that it told. */
  text?: string | undefined;
}

const MAIL = /^[^@\s<>,;"]{1,64}@[^@\s<>,;"]+\.[^@\s<>,;".]{2,}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/**
 * What keeps a form from being sent, in the order of the questions, one fault a field.
 *
 * This answers at once what the service would refuse (`atiende_city.forms`), which stays the judge: a rule that is not
 * known here is told by its 422. Compiled validators need `eval`, which the content security policy forbids.
 */
export function faultsOf(form: FormSchema, values: FormValues, names = Object.keys(form.properties)): Fault[] {
  return names.flatMap((name) => {
    const field = form.properties[name];
    const fault = field && faultOf(field, values[name], form.required?.includes(name) ?? false);
    return fault ? [{ ...fault, name }] : [];
  });
}

type Found = Omit<Fault, "name"> | undefined;

function faultOf(field: FieldSchema, value: unknown, required: boolean): Found {
  if (value === undefined || value === "") return required ? { rule: "required" } : undefined;
  if (field.const !== undefined && value !== field.const) return { rule: field.type === "boolean" ? "consent" : "choice" };
  const choices = choicesOf(field);
  const given = Array.isArray(value) ? value : [value];
  if (choices.length > 0 && given.some((one) => !choices.some((choice) => choice.value === String(one)))) return { rule: "choice" };
  if (field.type === "integer" || field.type === "number") return numberFault(field, value);
  if (field.type === "array") return limits(given.length, field.minItems, field.maxItems, "minItems", "maxItems");
  return field.type === "string" ? textFault(field, String(value)) : undefined;
}

function numberFault(field: FieldSchema, value: unknown): Found {
  if (typeof value !== "number" || !Number.isFinite(value)) return { rule: field.type === "integer" ? "integer" : "number" };
  if (field.type === "integer" && !Number.isInteger(value)) return { rule: "integer" };
  if (field.exclusiveMinimum !== undefined && value <= field.exclusiveMinimum) {
    return { rule: "exclusiveMinimum", limit: field.exclusiveMinimum };
  }
  if (field.exclusiveMaximum !== undefined && value >= field.exclusiveMaximum) {
    return { rule: "exclusiveMaximum", limit: field.exclusiveMaximum };
  }
  const steps = field.multipleOf ? value / field.multipleOf : 0;
  if (Math.abs(steps - Math.round(steps)) > 1e-9) return { rule: "multipleOf", limit: field.multipleOf };
  return limits(value, field.minimum, field.maximum, "minimum", "maximum");
}

function textFault(field: FieldSchema, text: string): Found {
  // The service counts characters as Python does: code points.
  const outside = limits([...text].length, field.minLength, field.maxLength, "minLength", "maxLength");
  if (outside) return outside;
  if (field.format === "email" && !MAIL.test(text)) return { rule: "email" };
  if (field.format === "date" && (!DATE.test(text) || Number.isNaN(Date.parse(text)))) return { rule: "date" };
  return field.pattern && !matches(field.pattern, text) ? { rule: "pattern" } : undefined;
}

function limits(size: number, least: number | undefined, most: number | undefined, low: Fault["rule"], high: Fault["rule"]): Found {
  if (least !== undefined && size < least) return { rule: low, limit: least };
  if (most !== undefined && size > most) return { rule: high, limit: most };
  return undefined;
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    // Written for RE2, not readable here: the service will say.
    return true;
  }
}

/** Faults that the service told by JSON pointers into the values, e.g. `/body/values/direccion`. */
export function toldFaults(form: FormSchema, fields: Readonly<Record<string, string>>): Fault[] {
  const told = Object.entries(fields);
  return Object.keys(form.properties).flatMap((name) => {
    const found = told.find(([pointer]) => new RegExp(`(^|/)(values/)?${escaped(name)}(/\\d+)?$`).test(pointer));
    return found ? [{ name, rule: "told" as const, text: found[1] }] : [];
  });
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
