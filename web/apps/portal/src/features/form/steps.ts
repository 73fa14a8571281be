import { faultsOf, kindOf, readForm, type Fault, type FormSchema, type FormValues } from "@atiende/ui";
import type { Procedure } from "../procedures/queries";
import type { Draft, DraftFile } from "./draft";

/** How a page of a release names the position and the files, which are no fields of the form. */
const PLACE = "@place";
const ATTACHMENTS = "@attachments";
/** Questions on one page when the city has not grouped them: few enough for a telephone. */
const QUESTIONS_A_PAGE = 4;

export type Asked = "none" | "optional" | "required";

export interface Definition {
  form: FormSchema;
  pages: readonly { id: string; title: string; help?: string | null; fields: readonly string[] }[];
  place: Asked;
  attachments: Asked;
}

export interface Step {
  id: string;
  kind: "questions" | "contact" | "check";
  title?: string;
  help?: string | undefined;
  fields: readonly string[];
  asksPlace: boolean;
  asksFiles: boolean;
}

export function definitionOf(procedure: Procedure): Definition {
  return { form: readForm(procedure.form), pages: procedure.pages, place: procedure.place, attachments: procedure.attachments };
}

/** The pages of a form: the city's groups of questions, then how to answer, then a look at everything. */
export function stepsOf({ form, pages, place, attachments }: Definition): Step[] {
  const groups = pages.length > 0 ? pages : chunks(Object.keys(form.properties));
  const named = new Set(groups.flatMap((group) => group.fields));
  const steps: Step[] = groups.map((group) => ({
    id: group.id,
    kind: "questions",
    ...("title" in group ? { title: group.title, help: group.help ?? undefined } : {}),
    fields: group.fields.filter((name) => name in form.properties),
    asksPlace: group.fields.includes(PLACE),
    asksFiles: group.fields.includes(ATTACHMENTS),
  }));
  const rest = Object.keys(form.properties).filter((name) => !named.has(name));
  const more: Step = {
    id: "mas",
    kind: "questions",
    fields: rest,
    asksPlace: place !== "none" && !named.has(PLACE),
    asksFiles: attachments !== "none" && !named.has(ATTACHMENTS),
  };
  if (rest.length > 0 || more.asksPlace || more.asksFiles) steps.push(more);
  const none = { fields: [], asksPlace: false, asksFiles: false };
  return [...steps, { id: "contacto", kind: "contact", ...none }, { id: "revisar", kind: "check", ...none }];
}

function chunks(names: readonly string[]): { id: string; fields: string[] }[] {
  const pages = Math.max(1, Math.ceil(names.length / QUESTIONS_A_PAGE));
  const size = Math.ceil(names.length / pages);
  return Array.from({ length: pages }, (_, page) => ({ id: `datos-${page + 1}`, fields: names.slice(page * size, (page + 1) * size) }));
}

/** The answers with the files that stand for them, by the ids that the device or the city gave them. */
export function answersOf(form: FormSchema, draft: Pick<Draft, "values" | "files">, idOf: (file: DraftFile) => string): FormValues {
  const files = Object.entries(form.properties).flatMap(([name, field]) => {
    if (kindOf(field) !== "file") return [];
    const ids = draft.files.filter((file) => file.field === name).map(idOf);
    return ids.length === 0 ? [] : [[name, field.type === "array" ? ids : ids[0]] as const];
  });
  return { ...draft.values, ...Object.fromEntries(files) };
}

export interface FormFault {
  /** Id of the page that has the field. */
  step: string;
  /** Id of the element that the summary's link focuses. */
  target: string;
  /** What is wrong at a field of the form. */
  fault?: Fault;
  /** What is wrong elsewhere: a key of the catalogue of words, or the service's own words. */
  key?: string;
  text?: string;
}

export const MAIL = /^[^@\s<>,;"]{1,64}@[^@\s<>,;"]+\.[^@\s<>,;".]{2,}$/;

/** Everything that keeps a page of the form from being left, in the order of the page. */
export function stepFaults(definition: Definition, draft: Draft, step: Step): FormFault[] {
  if (step.kind === "contact") return contactFaults(draft, step.id);
  if (step.kind === "check") return [];
  const answers = answersOf(definition.form, draft, (file) => file.id);
  const faults: FormFault[] = faultsOf(definition.form, answers, [...step.fields]).map((fault) => ({
    step: step.id, target: `campo-${fault.name}`, fault,
  }));
  if (step.asksPlace && definition.place === "required" && draft.place.latitude === undefined) {
    faults.push({ step: step.id, target: "lugar", key: "form.fault.place" });
  }
  if (step.asksFiles && definition.attachments === "required" && draft.files.every((file) => file.field)) {
    faults.push({ step: step.id, target: "archivos", key: "form.fault.files" });
  }
  return faults;
}

function contactFaults({ contact, consent }: Draft, step: string): FormFault[] {
  const faults: FormFault[] = [];
  if (contact.way === "") faults.push({ step, target: "contacto-medio-first", key: "form.fault.way" });
  if (contact.way === "email" && !MAIL.test(contact.email.trim())) faults.push({ step, target: "contacto-correo", key: "form.fault.email" });
  if (contact.way === "whatsapp" && contact.whatsapp.replace(/\D/g, "").length < 7) {
    faults.push({ step, target: "contacto-whatsapp", key: "form.fault.whatsapp" });
  }
  if (!consent) faults.push({ step, target: "contacto-permiso", key: "form.fault.consent" });
  return faults;
}

const ELSEWHERE: readonly (readonly [RegExp, string, string])[] = [
  [/\/contact\/email$/, "contacto", "contacto-correo"],
  [/\/contact\/whatsapp$/, "contacto", "contacto-whatsapp"],
  [/\/contact\/preferred_channel$/, "contacto", "contacto-medio-first"],
  [/\/contact\/name$/, "contacto", "contacto-nombre"],
  [/\/consents\//, "contacto", "contacto-permiso"],
];

/** Where on which page stands what the service refused, by its JSON pointers. */
export function toldStepFaults(steps: readonly Step[], fields: Readonly<Record<string, string>>): FormFault[] {
  return Object.entries(fields).map(([pointer, text]) => {
    const name = /\/values\/([^/]+)/.exec(pointer)?.[1]?.replaceAll("~1", "/").replaceAll("~0", "~");
    const asking = steps.find((step) => name !== undefined && step.fields.includes(name));
    if (name !== undefined && asking) return { step: asking.id, target: `campo-${name}`, fault: { name, rule: "told", text } };
    if (/\/place(\/|$)/.test(pointer)) return { step: steps.find((step) => step.asksPlace)?.id ?? "revisar", target: "lugar", text };
    if (/\/attachment_ids/.test(pointer)) return { step: steps.find((step) => step.asksFiles)?.id ?? "revisar", target: "archivos", text };
    const known = ELSEWHERE.find(([shape]) => shape.test(pointer));
    return known ? { step: known[1], target: known[2], text } : { step: "revisar", target: "enviar", text };
  });
}
