import { dataOf, type ChannelsSchemas } from "@atiende/api";
import i18next from "i18next";
import { api } from "../../app/api";
import { putUp } from "./continue";
import type { ChatEntry, Outgoing } from "./conversation";
import type { ChatSession } from "./store";

export type ChatPage = ChannelsSchemas["schemas"]["ChatPage"];

/** What is heard on a socket. */
export interface Heard {
  /** The city has answered: the line is good. */
  live: () => void;
  entries: (entries: readonly ChatEntry[]) => void;
  problem: (reason: string) => void;
  closed: () => void;
}

export interface Line {
  /** Says that the page has shown everything up to here. */
  acknowledge: (cursor: number) => void;
  ping: () => void;
  close: () => void;
}

/** How a chat reaches the city. Messages go by HTTP, which answers each of them; the socket only hears. */
export interface Transport {
  open: () => Promise<ChatSession>;
  say: (token: string, message: Pick<Outgoing, "id" | "text" | "files">) => Promise<void>;
  /** Puts up a file; gives its id. */
  putUp: (token: string, file: File) => Promise<string>;
  read: (token: string, cursor: number) => Promise<ChatPage>;
  listen: (token: string, cursor: number, heard: Heard) => Line;
}

const SOCKET = "/api/channels/v1/webchat/ws";

export const cityTransport: Transport = {
  async open() {
    const answer = await dataOf(api.channels.POST("/api/channels/v1/webchat/sessions", { body: { account_id: "portal" } }));
    return { token: answer.token, expireTime: answer.expire_time };
  },
  async say(token, { id, text, files = [] }) {
    await api.channels.POST("/api/channels/v1/webchat/messages", {
      params: { header: { "X-Chat-Token": token } },
      body: { client_message_id: id, text, attachment_ids: files.map((file) => file.id), display_name: "", language: i18next.language },
    });
  },
  putUp,
  read: (token, cursor) =>
    dataOf(
      api.channels.GET("/api/channels/v1/webchat/messages", {
        params: { header: { "X-Chat-Token": token }, query: { cursor } },
      }),
    ),
  listen(token, cursor, heard) {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${SOCKET}`);
    const tell = (frame: object) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    };
    socket.onopen = () => {
      tell({ type: "hello", token, cursor });
      tell({ type: "ping" });
    };
    socket.onmessage = ({ data }) => {
      const frame = frameOf(data);
      if (frame?.type === "pong") heard.live();
      else if (frame?.type === "entries") heard.entries(frame.entries);
      else if (frame?.type === "problem") heard.problem(frame.reason);
    };
    socket.onclose = () => heard.closed();
    return {
      acknowledge: (upTo) => tell({ type: "ack", cursor: upTo }),
      ping: () => tell({ type: "ping" }),
      close() {
        socket.onclose = null;
        socket.close();
      },
    };
  },
};

export type Frame = { type: "pong" } | { type: "entries"; entries: ChatEntry[] } | { type: "problem"; reason: string };

/** A frame of the city, or nothing for one that we do not know. */
export function frameOf(data: unknown): Frame | undefined {
  try {
    const frame = JSON.parse(String(data)) as Record<string, unknown> | null;
    if (frame?.type === "pong") return { type: "pong" };
    if (frame?.type === "entries" && Array.isArray(frame.entries)) return { type: "entries", entries: frame.entries as ChatEntry[] };
    if (frame?.type === "problem") return { type: "problem", reason: String(frame.reason) };
  } catch {
    // Something between us and the city spoke.
  }
  return undefined;
}
