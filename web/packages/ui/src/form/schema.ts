/** One field of a procedure's form: JSON Schema (draft 2020-12), what a city's forms use of it. */
export interface FieldSchema {
  type: "string" | "integer" | "number" | "boolean" | "array";
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  oneOf?: unknown[];
  const?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  pattern?: string;
  format?: string;
  /** What JSON Schema has no word for: a text of many lines, or the id of a file that was put up. */
  "x-input"?: "textarea" | "file";
  items?: FieldSchema;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
}

/** A procedure's form. The order of `properties` is the order of the questions. */
export interface FormSchema {
  type: "object";
  title?: string;
  description?: string;
  properties: Record<string, FieldSchema>;
  required?: string[];
}

/** What was filled in, by field; a field that was left empty is absent. */
export type FormValues = Readonly<Record<string, unknown>>;

/** What the API gives is any object; a form that shows nothing is better than a page that breaks. */
export function readForm(form: unknown): FormSchema {
  const given = (typeof form === "object" && form !== null ? form : {}) as Partial<FormSchema>;
  return { ...given, type: "object", properties: given.properties ?? {}, required: given.required ?? [] };
}

export interface Choice {
  value: string;
  label: string;
}

/** The options of a field that lets choose, none for the others. */
export function choicesOf(field: FieldSchema): Choice[] {
  const single = field.type === "array" ? field.items : field;
  if (single?.enum) return single.enum.map((value) => ({ value: String(value), label: String(value) }));
  return (single?.oneOf ?? []).flatMap((option) => {
    const one = option as { const?: unknown; title?: string };
    if (one.const === undefined) return [];
    return [{ value: String(one.const), label: one.title ?? String(one.const) }];
  });
}

export type FieldKind =
  | "choice" | "manyChoices" | "yesNo" | "consent" | "number" | "date" | "time" | "email" | "phone" | "url" | "file" | "lines" | "paragraph" | "line";

/** From here on an answer may need more than one line. */
const PARAGRAPH_FROM = 250;
const BY_FORMAT: Record<string, FieldKind> = {
  date: "date", time: "time", email: "email", "idn-email": "email", uri: "url", phone: "phone", tel: "phone",
};

/** How a field is asked. */
export function kindOf(field: FieldSchema): FieldKind {
  if (field["x-input"] === "file" || field.items?.["x-input"] === "file") return "file";
  if (field.type === "array") return choicesOf(field).length > 0 ? "manyChoices" : "lines";
  if (choicesOf(field).length > 0) return "choice";
  if (field.type === "boolean") return field.const === true ? "consent" : "yesNo";
  if (field.type === "integer" || field.type === "number") return "number";
  if (field["x-input"] === "textarea") return "paragraph";
  return BY_FORMAT[field.format ?? ""] ?? ((field.maxLength ?? 0) > PARAGRAPH_FROM ? "paragraph" : "line");
}

/** The values that a form begins with. */
export function defaultsOf(form: FormSchema): FormValues {
  const given = Object.entries(form.properties).filter(([, field]) => field.default !== undefined);
  return Object.fromEntries(given.map(([name, field]) => [name, field.default]));
}

/** Sets a field, or forgets it when it was emptied: an empty text is no answer. */
export function withValue(values: FormValues, name: string, value: unknown): FormValues {
  const empty = value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  const rest = Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));
  return empty ? rest : { ...rest, [name]: value };
}

/** What was filled in as a person reads it. */
export function shownValue(field: FieldSchema, value: unknown, words: { yes: string; no: string }): string {
  if (Array.isArray(value)) return value.map((one) => shownValue(field.items ?? field, one, words)).join(", ");
  if (typeof value === "boolean") return value ? words.yes : words.no;
  return choicesOf(field).find((choice) => choice.value === String(value))?.label ?? String(value ?? "");
}
