import { dataOf } from "@atiende/api";
import type { Language } from "@atiende/ui";
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { api } from "../../app/api";
import { queryClient } from "../../app/query";
import { forgetOwn, sessionQuery, type Session } from "../cases/session";

/**
 * Signs in with the account of the city's identity provider, by the code flow with PKCE.
 *
 * The tokens live in this page's memory, and only until the city has given its cookie for them. What waits in
 * sessionStorage while the browser is away is the state and the verifier of the request, worthless afterwards.
 */
const manager = new UserManager({
  authority: `${location.origin}/auth/realms/atiende`,
  client_id: "portal",
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/`,
  response_type: "code",
  scope: "openid profile email",
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  stateStore: new WebStorageStateStore({ store: sessionStorage }),
  automaticSilentRenew: false,
  monitorSession: false,
});

interface Wanted {
  /** The case that one wanted to see. */
  caso?: string | undefined;
}

export function signIn(language: Language, wanted: Wanted): Promise<void> {
  return manager.signinRedirect({ ui_locales: language, state: wanted });
}

export function register(language: Language, wanted: Wanted): Promise<void> {
  return manager.signinRedirect({ ui_locales: language, prompt: "create", state: wanted });
}

/** Ends the sign-in that this address was returned to; gives where one wanted to go. */
export async function finishSignIn(language: Language): Promise<Wanted> {
  const user = await manager.signinCallback();
  if (!user) throw new Error("no sign-in");
  await manager.removeUser();
  const session: Session = await dataOf(
    api.cases.POST("/api/cases/v1/citizen/login", { body: { language }, headers: { Authorization: `Bearer ${user.access_token}` } }),
  );
  forgetOwn();
  queryClient.setQueryData(sessionQuery.queryKey, session);
  const caso = (user.state as Wanted | undefined)?.caso;
  return typeof caso === "string" && /^[\w-]{1,64}$/.test(caso) ? { caso } : {};
}

/** Ends the session at the identity provider too, which asks whether that is meant. */
export function signOut(): Promise<void> {
  return manager.signoutRedirect();
}
