import { clear, createStore, get, update, type UseStore } from "idb-keyval";
import type { Outgoing } from "./conversation";

/** The visitor's proof of this chat. It opens nothing but what this visitor wrote here. */
export interface ChatSession {
  token: string;
  expireTime: string;
}

interface Kept {
  session: ChatSession;
  outgoing: Outgoing[];
  draft: string;
}

/** Where a chat is kept between two visits. */
export interface ChatStore {
  read: <K extends keyof Kept>(key: K) => Promise<Kept[K] | undefined>;
  /** Changes a value in one step, so that two tabs do not undo each other's change; gives what stands now. */
  change: <K extends keyof Kept>(key: K, change: (now: Kept[K] | undefined) => Kept[K] | undefined) => Promise<Kept[K] | undefined>;
  clear: () => Promise<void>;
}

/** Keeps a chat as long as the page is open. */
export function memoryStore(): ChatStore {
  const values: Partial<Kept> = {};
  return {
    read: async (key) => values[key],
    change: async (key, change) => (values[key] = change(values[key])),
    clear: async () => {
      Object.assign(values, { session: undefined, outgoing: undefined, draft: undefined });
    },
  };
}

/**
 * Keeps a chat on the device, in IndexedDB.
 *
 * The token of a chat is kept there, unlike those of staff and of citizens who signed in: an anonymous visitor has no
 * sign-in to come back by, and the chat must survive a reload and a day. A cookie would not do, because browsers
 * withhold it from a frame in another city's page; IndexedDB is theirs to partition by that page. The token proves one
 * chat and nothing else. Where a browser refuses to keep anything, the chat lives as long as its page.
 */
export function deviceStore(name = "atiende-chat"): ChatStore {
  const memory = memoryStore();
  let place: UseStore | undefined;
  const tried = async <T>(attempt: (store: UseStore) => Promise<T>, otherwise: () => Promise<T>): Promise<T> => {
    try {
      place ??= createStore(name, "chat");
      return await attempt(place);
    } catch {
      return otherwise();
    }
  };
  return {
    read: (key) => tried((store) => get(key, store), () => memory.read(key)),
    change: (key, change) =>
      tried(
        async (store) => {
          let result: Kept[typeof key] | undefined;
          await update<Kept[typeof key] | undefined>(key, (now) => (result = change(now)), store);
          return result;
        },
        () => memory.change(key, change),
      ),
    clear: () => tried((store) => clear(store), () => memory.clear()),
  };
}
