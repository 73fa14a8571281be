import { ErrorResponse, InMemoryWebStorage, UserManager, WebStorageStateStore, type User } from "oidc-client-ts";

const BASE = `${location.origin}/desk`;

/**
 * Signs in by the code flow with PKCE (RFC 9700 section 2.1.1).
 *
 * Tokens live in this page's memory only. A reload asks Keycloak, in a hidden frame of our own origin, for new ones by
 * its session cookie; what waits in sessionStorage while the browser is away is the state and the verifier of the
 * request, which are worthless afterwards. Renewal is ours (`renew`), not the library's: it must survive a rotated
 * refresh token, a lost connection and a laptop that slept.
 */
export const userManager = new UserManager({
  authority: `${location.origin}/auth/realms/atiende`,
  client_id: "desk",
  redirect_uri: `${BASE}/callback`,
  silent_redirect_uri: `${BASE}/silent`,
  post_logout_redirect_uri: `${BASE}/`,
  response_type: "code",
  scope: "openid profile",
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  stateStore: new WebStorageStateStore({ store: sessionStorage }),
  automaticSilentRenew: false,
  validateSubOnSilentRenew: true,
  monitorSession: false,
  silentRequestTimeoutInSeconds: 10,
});

/** What an attempt to open or renew a session came to. */
export type Opened = { kind: "in"; user: User } | { kind: "out" } | { kind: "unreachable" };

/** The user of this page: from a finished sign-in or Keycloak's own session; nobody when both fail. */
export async function openSession(): Promise<Opened> {
  if (location.pathname === "/desk/callback") {
    const back = await finishSignIn();
    if (back) return { kind: "in", user: back };
  }
  const known = await userManager.getUser();
  if (known && !known.expired) return { kind: "in", user: known };
  return askAgain();
}

/**
 * New tokens for this page.
 *
 * A refresh token that another tab's renewal made stale is no end of the session: then Keycloak is asked by its cookie,
 * and only its "nobody is signed in" is one. What could not be asked (no network) is told apart, to be tried again.
 */
export async function renewSession(): Promise<Opened> {
  const user = await userManager.getUser();
  if (user?.refresh_token) {
    try {
      const renewed = await userManager.signinSilent();
      if (renewed) return { kind: "in", user: renewed };
    } catch (error) {
      if (!(error instanceof ErrorResponse)) return { kind: "unreachable" };
    }
  }
  return askAgain();
}

async function askAgain(): Promise<Opened> {
  try {
    const user = await userManager.signinSilent({ forceIframeAuth: true });
    return user ? { kind: "in", user } : { kind: "out" };
  } catch (error) {
    return error instanceof ErrorResponse ? { kind: "out" } : { kind: "unreachable" };
  }
}

async function finishSignIn(): Promise<User | null> {
  try {
    const user = await userManager.signinCallback();
    const target = safeReturn((user?.state as { returnTo?: unknown } | undefined)?.returnTo);
    history.replaceState(null, "", target);
    return user ?? null;
  } catch {
    // A reloaded or forged callback: begin again from the start page.
    history.replaceState(null, "", "/desk/");
    return null;
  }
}

export function signIn(): Promise<void> {
  return userManager.signinRedirect({ state: { returnTo: location.pathname + location.search } });
}

/** Only our own pages are returned to: an address of a stranger in the state is ignored (CWE-601). */
export function safeReturn(target: unknown): string {
  if (typeof target !== "string" || !/^\/desk\/(?![/\\])[^\\]*$/.test(target)) return "/desk/";
  const url = new URL(target, location.origin);
  const stays = url.origin === location.origin && url.pathname.startsWith("/desk/");
  if (!stays || /^\/desk\/(callback|silent)/.test(url.pathname)) return "/desk/";
  return url.pathname + url.search;
}
