import type { FormValues } from "@atiende/ui";
import { clear, createStore, del, entries, get, set, type UseStore } from "idb-keyval";

/** A file of a draft; its bytes stay on the device until the form was taken. */
export interface DraftFile {
  id: string;
  /** The question that it answers; absent for the files beside the form. */
  field?: string | undefined;
  name: string;
  blob: Blob;
  /** Once it was put up, which the city remembers for a week. */
  attachmentId?: string | undefined;
  uploadTime?: number | undefined;
}

export interface Place {
  latitude?: number | undefined;
  longitude?: number | undefined;
}

export interface Contact {
  name: string;
  way: "" | "email" | "whatsapp" | "none";
  email: string;
  whatsapp: string;
}

/** A form that somebody is filling in, as it is kept on the device. */
export interface Draft {
  code: string;
  procedureName: string;
  /** Idempotency-Key of this form: however often it is sent, it is one case. */
  key: string;
  values: FormValues;
  place: Place;
  files: DraftFile[];
  contact: Contact;
  /** Whether the person agreed that the data are processed. */
  consent: boolean;
  language: string;
  origin: "portal" | "kiosk";
  updateTime: number;
  /** `sending`: to be sent as soon as there is a network; `sent`: taken, its receipt not yet seen. */
  state: "writing" | "sending" | "sent";
  /** Whether it may have reached the city; from then on it must not change. */
  attempted: boolean;
}

export function newDraft(code: string, procedureName: string, values: FormValues, language: string, origin: Draft["origin"]): Draft {
  return {
    code,
    procedureName,
    key: crypto.randomUUID(),
    values,
    place: {},
    files: [],
    contact: { name: "", way: "", email: "", whatsapp: "" },
    consent: false,
    language,
    origin,
    updateTime: Date.now(),
    state: "writing",
    attempted: false,
  };
}

/** Where drafts are kept; a kiosk has a place of its own that is emptied after each person. */
let place: { name: string; store?: UseStore } = { name: "atiende-drafts" };

export function keepDraftsApart(name: string): void {
  place = { name };
}

function store(): UseStore {
  place.store ??= createStore(place.name, "drafts");
  return place.store;
}

// A private window may have no storage: the form can be filled in and sent all the same, while the page lives.
const memory = new Map<string, Draft>();

export async function loadDraft(code: string): Promise<Draft | undefined> {
  const kept = await get<Draft>(code, store()).catch(() => undefined);
  return kept ?? memory.get(code);
}

/** Keeps a draft; false when only the page's memory has it. */
export async function saveDraft(draft: Draft): Promise<boolean> {
  memory.set(draft.code, draft);
  return set(draft.code, draft, store()).then(() => true, () => false);
}

export async function dropDraft(code: string): Promise<void> {
  memory.delete(code);
  await del(code, store()).catch(() => undefined);
}

export async function dropAllDrafts(): Promise<void> {
  memory.clear();
  await clear(store()).catch(() => undefined);
}

/** All drafts of this device, newest first. */
export async function listDrafts(): Promise<Draft[]> {
  const kept = await entries<string, Draft>(store()).catch(() => []);
  const all = new Map([...memory, ...kept]);
  return [...all.values()].sort((one, other) => other.updateTime - one.updateTime);
}
