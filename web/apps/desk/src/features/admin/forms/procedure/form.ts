import { choicesOf, kindOf, readForm, type FieldKind, type FieldSchema, type FormSchema } from "@atiende/ui";
import type { Asked, FormPage, Procedure, Texts } from "../../content";
import { isRecord, withValue } from "../../pointer";

/** How a page names the position and the files, which are no fields of the form. */
export const BESIDE = { place: "@place", attachments: "@attachments" } as const;
export type Beside = keyof typeof BESIDE;

/** The kinds of question that are offered, in the order of how often they are needed. */
export const KINDS = ["line", "paragraph", "choice", "manyChoices", "yesNo", "number", "date", "email", "file", "consent"] as const satisfies readonly FieldKind[];
export type Kind = (typeof KINDS)[number];

type Translated = Readonly<Record<string, unknown>>;

/** A title or help with its translations, which stand beside it in the schema. */
export function textsOf(node: Translated, word: "title" | "description", language: string): Texts {
  const plain = node[word];
  const others = node[`x-${word}`];
  return { ...(typeof plain === "string" && plain ? { [language]: plain } : {}), ...(isRecord(others) ? (others as Texts) : {}) };
}

export function withTexts<Node extends object>(node: Node, word: "title" | "description", language: string, texts: Texts): Node {
  const { [language]: plain, ...others } = texts;
  return withValue(withValue(node, word, plain), `x-${word}`, Object.keys(others).length > 0 ? others : undefined);
}

/** The pages in the order of asking; a form without any is one page with everything. */
export function pagesOf(procedure: Procedure): FormPage[] {
  if (Array.isArray(procedure.pages) && procedure.pages.length > 0) return procedure.pages;
  const beside = (Object.keys(BESIDE) as Beside[]).filter((one) => (procedure[one] ?? "none") !== "none").map((one) => BESIDE[one]);
  return [{ id: "datos", title: procedure.name, fields: [...Object.keys(readForm(procedure.form).properties), ...beside] }];
}

/** Sets the pages; a question that stands on none is asked no more. */
export function withPages(procedure: Procedure, pages: FormPage[]): Procedure {
  const form = readForm(procedure.form);
  const asked = new Set(pages.flatMap((page) => page.fields));
  const properties = Object.fromEntries(Object.entries(form.properties).filter(([name]) => asked.has(name)));
  const beside = Object.fromEntries((Object.keys(BESIDE) as Beside[]).filter((one) => procedure[one] && !asked.has(BESIDE[one])).map((one) => [one, "none" as const]));
  return { ...procedure, ...beside, pages, form: { ...form, properties, required: (form.required ?? []).filter((name) => asked.has(name)) } };
}

export function addQuestion(procedure: Procedure, page: number, label: string, language: string): Procedure {
  const form = readForm(procedure.form);
  const name = freeName(label, form.properties);
  const field = { ...ofKind("line", { type: "string" }), ...withTexts({}, "title", language, { [language]: label }) } as FieldSchema;
  const asked = { ...procedure, form: { ...form, properties: { ...form.properties, [name]: field } } };
  return withPages(asked, pagesOf(procedure).map((one, at) => (at === page ? { ...one, fields: [...one.fields, name] } : one)));
}

export function changeQuestion(procedure: Procedure, name: string, field: FieldSchema): Procedure {
  const form = readForm(procedure.form);
  return { ...procedure, form: { ...form, properties: { ...form.properties, [name]: field } } };
}

export function setRequired(procedure: Procedure, name: string, required: boolean): Procedure {
  const form = readForm(procedure.form);
  const others = (form.required ?? []).filter((one) => one !== name);
  return { ...procedure, form: { ...form, required: required ? [...others, name] : others } };
}

export function moveToPage(procedure: Procedure, name: string, page: number): Procedure {
  const pages = pagesOf(procedure).map((one) => ({ ...one, fields: one.fields.filter((other) => other !== name) }));
  return withPages(procedure, pages.map((one, at) => (at === page ? { ...one, fields: [...one.fields, name] } : one)));
}

/** Asks for the position or for files, on the last page, or no more. */
export function setBeside(procedure: Procedure, what: Beside, asked: Asked): Procedure {
  const mark = BESIDE[what];
  const pages = pagesOf(procedure);
  const has = pages.some((page) => page.fields.includes(mark));
  const changed = { ...procedure, [what]: asked };
  if (asked === "none") return withPages(changed, pages.map((page) => ({ ...page, fields: page.fields.filter((one) => one !== mark) })));
  if (has) return { ...changed, pages };
  return withPages(changed, pages.map((page, at) => (at === pages.length - 1 ? { ...page, fields: [...page.fields, mark] } : page)));
}

/** How a question is asked; one to choose from is that also while it has no options yet. */
export function kindOfQuestion(field: FieldSchema): FieldKind {
  if (field.items?.oneOf) return "manyChoices";
  return field.oneOf ? "choice" : kindOf(field);
}

/** The same question asked in another way: its words stay, its rules are those of the new way. */
export function ofKind(kind: Kind, before: FieldSchema): FieldSchema {
  const words = Object.fromEntries(Object.entries(before).filter(([key]) => ["title", "description", "x-title", "x-description"].includes(key)));
  const options = before.oneOf ?? before.items?.oneOf ?? [];
  const rules: Record<Kind, FieldSchema> = {
    line: { type: "string", maxLength: 200 },
    paragraph: { type: "string", "x-input": "textarea", maxLength: 2000 },
    choice: { type: "string", oneOf: options },
    manyChoices: { type: "array", items: { type: "string", oneOf: options }, uniqueItems: true },
    yesNo: { type: "boolean" },
    number: { type: "integer", minimum: 0 },
    date: { type: "string", format: "date" },
    email: { type: "string", format: "email", maxLength: 254 },
    file: { type: "string", "x-input": "file" },
    consent: { type: "boolean", const: true },
  };
  return { ...words, ...rules[kind] };
}

export interface OptionNode {
  const: string;
  title?: string;
  "x-title"?: Texts;
}

export function optionsOf(field: FieldSchema): OptionNode[] {
  const node = field.type === "array" ? field.items : field;
  if (node?.enum && !node.oneOf) return choicesOf(field).map((one) => ({ const: one.value, title: one.label }));
  return (node?.oneOf ?? []) as OptionNode[];
}

export function withOptions(field: FieldSchema, options: OptionNode[]): FieldSchema {
  const items: FieldSchema = { ...(field.items ?? { type: "string" }), oneOf: options };
  if (field.type === "array") return { ...field, items: withValue(items, "enum", undefined) };
  return withValue({ ...field, oneOf: options }, "enum", undefined);
}

/** The form as a citizen with this language is asked, translations in their place. */
export function inLanguage(procedure: Procedure, language: string): FormSchema {
  const form = readForm(procedure.form);
  return { ...form, properties: Object.fromEntries(Object.entries(form.properties).map(([name, field]) => [name, translated(field, language)])) };
}

function translated<Node extends object>(node: Node, language: string): Node {
  const words = node as Record<string, unknown>;
  const told = (word: string) => (isRecord(words[`x-${word}`]) ? (words[`x-${word}`] as Texts)[language] : undefined) ?? words[word];
  const inside = Array.isArray(words["oneOf"]) ? { oneOf: words["oneOf"].map((one: unknown) => (isRecord(one) ? translated(one, language) : one)) } : {};
  const items = isRecord(words["items"]) ? { items: translated(words["items"], language) } : {};
  return { ...node, ...inside, ...items, title: told("title"), description: told("description") };
}

/** A name that nothing else has: "Número de la placa" becomes "numero_de_la_placa". */
export function freeName(label: string, taken: object): string {
  const plain = label.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 40) || "campo";
  let name = plain;
  for (let number = 2; name in taken; number += 1) name = `${plain}_${number}`;
  return name;
}
