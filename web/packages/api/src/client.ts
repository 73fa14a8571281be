import createClient, { type Client, type Middleware } from "openapi-fetch";
import { offline, problemOf } from "./problem";
import type { paths as Admin } from "./generated/admin";
import type { paths as Cases } from "./generated/cases";
import type { paths as Catalog } from "./generated/catalog";
import type { paths as Channels } from "./generated/channels";
import type { paths as Notifications } from "./generated/notifications";
import type { paths as Routing } from "./generated/routing";
import type { paths as Surveys } from "./generated/surveys";

export interface ApiOptions {
  /** The bearer token of staff, or nothing for people without an account. */
  token?: () => Promise<string | undefined> | string | undefined;
  /** Language of the answers, "es" or "en". */
  language?: () => string;
  /** Heard when a token was refused, so that the session can be renewed. */
  onUnauthenticated?: () => void;
}

export interface Api {
  admin: Client<Admin>;
  cases: Client<Cases>;
  catalog: Client<Catalog>;
  channels: Client<Channels>;
  notifications: Client<Notifications>;
  routing: Client<Routing>;
  surveys: Client<Surveys>;
  /** For what OpenAPI cannot say (streams, files): a request with the same credentials. */
  raw: (path: string, init?: RequestInit) => Promise<Response>;
}

/**
 * Makes the clients of all services; they share one origin, the edge.
 *
 * A refusal is thrown as `Problem`, so that `data` of an answer is there when no error was thrown.
 */
export function createApi(options: ApiOptions = {}): Api {
  const headers = async (given: Headers) => {
    const token = await options.token?.();
    if (token) given.set("Authorization", `Bearer ${token}`);
    const language = options.language?.();
    if (language) given.set("Accept-Language", language);
    return given;
  };
  const refuse = async (response: Response) => {
    if (response.ok || response.status === 304) return response;
    if (response.status === 401) options.onUnauthenticated?.();
    throw await problemOf(response);
  };
  const middleware: Middleware = {
    async onRequest({ request }) {
      await headers(request.headers);
      return request;
    },
    onResponse: ({ response }) => refuse(response),
    onError: ({ error }) => (error instanceof DOMException && error.name === "AbortError" ? undefined : offline()),
  };
  const make = <Paths extends object>(): Client<Paths> => {
    const client = createClient<Paths>({ baseUrl: location.origin, credentials: "same-origin" });
    client.use(middleware);
    return client;
  };
  return {
    admin: make<Admin>(),
    cases: make<Cases>(),
    catalog: make<Catalog>(),
    channels: make<Channels>(),
    notifications: make<Notifications>(),
    routing: make<Routing>(),
    surveys: make<Surveys>(),
    async raw(path, init = {}) {
      const given = await headers(new Headers(init.headers));
      const response = await fetch(path, { credentials: "same-origin", ...init, headers: given }).catch(() => {
        throw offline();
      });
      return refuse(response);
    },
  };
}

/** Unwraps an answer; refusals were thrown before. */
export async function dataOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
