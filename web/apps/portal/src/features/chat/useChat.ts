import { useEffect, useSyncExternalStore } from "react";
import { ChatClient, type ChatState } from "./client";
import { deviceStore } from "./store";
import { cityTransport } from "./transport";

let client: ChatClient | undefined;

/** The visitor's chat: one for the whole page, so that it goes on while the panel is closed. */
export function chatClient(): ChatClient {
  client ??= new ChatClient(cityTransport, deviceStore());
  return client;
}

export function useChat(chat: ChatClient): ChatState {
  useEffect(() => void chat.start(), [chat]);
  return useSyncExternalStore(chat.subscribe, chat.snapshot);
}
