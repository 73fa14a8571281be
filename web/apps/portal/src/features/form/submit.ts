import { dataOf, type ChannelsSchemas } from "@atiende/api";
import { readForm } from "@atiende/ui";
import { api } from "../../app/api";
import { queryClient } from "../../app/query";
import { procedureQuery } from "../procedures/queries";
import { saveDraft, type Draft, type DraftFile } from "./draft";
import { answersOf } from "./steps";

export type Receipt = ChannelsSchemas["schemas"]["Receipt"];
type Submission = ChannelsSchemas["schemas"]["SubmissionBody"];

/** The city keeps a file for a week until its form comes; we put it up again a day before. */
const FILE_LIFE_MS = 6 * 86_400_000;

/**
 * Sends a form: first its files, then itself.
 *
 * Safe to repeat at any time: the files' ids and the key stand in the draft, so that the same request is made again
 * and the city answers with the same receipt.
 *
 * @throws Problem when the city refused it or could not be reached.
 */
export async function submitDraft(draft: Draft): Promise<Receipt> {
  const sent = await withFilesPutUp(draft);
  const { form } = await queryClient.ensureQueryData(procedureQuery(draft.code, draft.language));
  return dataOf(
    api.channels.POST("/api/channels/v1/portal/submissions", {
      params: { header: { "Idempotency-Key": draft.key } },
      body: submissionOf(sent, form),
    }),
  );
}

export function submissionOf(draft: Draft, form: unknown): Submission {
  const { contact, place } = draft;
  const ids = draft.files.flatMap((file) => (file.attachmentId ? [file.attachmentId] : []));
  const hasPlace = place.latitude !== undefined && place.longitude !== undefined;
  return {
    procedure_code: draft.code,
    values: answersOf(readForm(form), draft, (file) => file.attachmentId ?? ""),
    contact: {
      name: contact.name.trim(),
      ...(contact.way === "email" ? { email: contact.email.trim(), preferred_channel: "email" as const } : {}),
      ...(contact.way === "whatsapp" ? { whatsapp: contact.whatsapp.trim(), preferred_channel: "whatsapp" as const } : {}),
    },
    consents: { data_processing: draft.consent },
    ...(hasPlace ? { place: { latitude: place.latitude, longitude: place.longitude, address: "" } } : {}),
    attachment_ids: ids,
    language: draft.language === "en" ? "en" : "es",
    origin: draft.origin,
  };
}

async function withFilesPutUp(draft: Draft): Promise<Draft> {
  let current = draft;
  for (const file of draft.files) {
    if (file.attachmentId && Date.now() - (file.uploadTime ?? 0) < FILE_LIFE_MS) continue;
    const attachmentId = await putUp(file);
    const files = current.files.map((one) => (one.id === file.id ? { ...one, attachmentId, uploadTime: Date.now() } : one));
    current = { ...current, files };
    // At once: were the page closed now, the same file would otherwise go up twice.
    await saveDraft(current);
  }
  return current;
}

export async function putUp(file: Pick<DraftFile, "name" | "blob">): Promise<string> {
  const answer = await dataOf(
    api.channels.POST("/api/channels/v1/portal/attachments", {
      params: { header: { "X-Filename": encodeURIComponent(file.name) } },
      headers: { "Content-Type": "application/octet-stream" },
      body: file.blob as never,
      bodySerializer: (blob: unknown) => blob as Blob,
    }),
  );
  return answer.attachment_id;
}
