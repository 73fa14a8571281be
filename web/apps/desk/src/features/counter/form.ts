import { faultsOf, kindOf, type Fault, type FormSchema, type FormValues } from "@atiende/ui";
import type { PutUpFile } from "../drafts/drafts";
import type { Submission } from "./queries";

export const MAIL = /^[^@\s<>,;"]{1,64}@[^@\s<>,;"]+\.[^@\s<>,;".]{2,}$/;
const NUMBER = /^\+?[\d\s().-]{7,20}$/;

/** What the clerk has written down so far. */
export interface Sheet {
  code: string;
  values: FormValues;
  files: readonly PutUpFile[];
  /** Files that answer a question of the form, by its name. */
  answers: Readonly<Record<string, readonly PutUpFile[]>>;
  address: string;
  name: string;
  email: string;
  whatsapp: string;
  preferred: "email" | "whatsapp" | "";
  consent: boolean;
}

export const EMPTY: Sheet = {
  code: "", values: {}, files: [], answers: {}, address: "", name: "", email: "", whatsapp: "", preferred: "", consent: false,
};

export interface SheetFault {
  /** Id of the field that the summary's link goes to. */
  target: string;
  fault?: Fault;
  key?: string;
}

/** The form's answers with the ids of the files that answer its questions. */
export function answersOf(form: FormSchema, sheet: Sheet): FormValues {
  const files = Object.entries(form.properties).flatMap(([name, field]) => {
    const ids = (sheet.answers[name] ?? []).map((file) => file.id);
    if (kindOf(field) !== "file" || ids.length === 0) return [];
    return [[name, field.type === "array" ? ids : ids[0]] as const];
  });
  return { ...sheet.values, ...Object.fromEntries(files) };
}

/** All that keeps a sheet from being sent, in the order of the page. */
export function sheetFaults(form: FormSchema, sheet: Sheet, place: string, attachments: string): SheetFault[] {
  const faults: SheetFault[] = faultsOf(form, answersOf(form, sheet)).map((fault) => ({ target: `campo-${fault.name}`, fault }));
  if (place === "required" && sheet.address.trim() === "") faults.push({ target: "ventanilla-lugar", key: "counter.fault.place" });
  if (attachments === "required" && sheet.files.length === 0) faults.push({ target: "ventanilla-archivos", key: "counter.fault.files" });
  if (sheet.email.trim() !== "" && !MAIL.test(sheet.email.trim())) faults.push({ target: "ventanilla-correo", key: "schemaForm.fault.email" });
  if (sheet.whatsapp.trim() !== "" && !NUMBER.test(sheet.whatsapp.trim())) faults.push({ target: "ventanilla-whatsapp", key: "counter.fault.whatsapp" });
  if (!sheet.consent) faults.push({ target: "ventanilla-permiso", key: "counter.fault.consent" });
  return faults;
}

export function submissionOf(form: FormSchema, sheet: Sheet, language: string): Submission {
  const email = sheet.email.trim();
  const whatsapp = sheet.whatsapp.trim();
  const preferred = sheet.preferred === "email" && email ? "email" : sheet.preferred === "whatsapp" && whatsapp ? "whatsapp" : email ? "email" : whatsapp ? "whatsapp" : null;
  const answers = Object.values(sheet.answers).flat();
  return {
    procedure_code: sheet.code,
    values: answersOf(form, sheet),
    contact: {
      name: sheet.name.trim(),
      ...(email ? { email } : {}),
      ...(whatsapp ? { whatsapp } : {}),
      ...(preferred ? { preferred_channel: preferred } : {}),
    },
    consents: { data_processing: sheet.consent },
    ...(sheet.address.trim() ? { place: { address: sheet.address.trim() } } : {}),
    attachment_ids: [...sheet.files, ...answers].map((file) => file.id),
    language: language === "en" ? "en" : "es",
  };
}
