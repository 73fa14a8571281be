import { dataOf, type ChannelsSchemas } from "@atiende/api";
import { api } from "../../app/api";

export type ChatCase = ChannelsSchemas["schemas"]["ChatCase"];
export type ContactChannel = "email" | "whatsapp";

const proof = (token: string) => ({ "X-Chat-Token": token });

export const caseOf = (token: string) =>
  dataOf(api.channels.GET("/api/channels/v1/webchat/case", { params: { header: proof(token) } }));

export const leaveContact = (token: string, channel: ContactChannel, address: string, key: string) =>
  dataOf(
    api.channels.POST("/api/channels/v1/webchat/contact", {
      params: { header: { ...proof(token), "Idempotency-Key": key } },
      body: { channel, address },
    }),
  );

/** What surely is no address; the city judges the rest. */
export function addressFault(channel: ContactChannel, address: string): boolean {
  return channel === "email" ? !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address.trim()) : address.replace(/\D/g, "").length < 7;
}

/** Puts up a file for the next message; gives the id that the message names. */
export async function putUp(token: string, file: File): Promise<string> {
  const answer = await dataOf(
    api.channels.POST("/api/channels/v1/webchat/attachments", {
      params: { header: { ...proof(token), "X-Filename": encodeURIComponent(file.name) } },
      headers: { "Content-Type": "application/octet-stream" },
      body: file as never,
      bodySerializer: (blob: unknown) => blob as Blob,
    }),
  );
  return answer.attachment_id;
}

/** Fetches a file of the chat and hands it to the browser as a download, never as a page. */
export async function download(token: string, attachmentId: string, filename: string): Promise<void> {
  const answer = await api.raw(`/api/channels/v1/webchat/attachments/${encodeURIComponent(attachmentId)}`, { headers: proof(token) });
  const address = URL.createObjectURL(new Blob([await answer.blob()], { type: "application/octet-stream" }));
  const link = Object.assign(document.createElement("a"), { href: address, download: filename });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
