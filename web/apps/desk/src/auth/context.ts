import type { User } from "oidc-client-ts";
import { createContext, use } from "react";

export const ROLES = ["agent", "supervisor", "unit_manager", "admin", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** Who works at this desk. What they may do is decided by the services; this only shapes the screen. */
export interface Session {
  subject: string;
  name: string;
  roles: ReadonlySet<Role>;
  units: readonly string[];
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("outside of SessionProvider");
  return session;
}

export function hasRole(session: Session, roles: readonly Role[]): boolean {
  return roles.some((role) => session.roles.has(role));
}

/** Those who take work and answer citizens. */
export const WORKERS: readonly Role[] = ["agent", "supervisor", "unit_manager"];
/** Those who answer for units. */
export const OVERSEERS: readonly Role[] = ["supervisor", "unit_manager", "admin", "auditor"];

/** Reads the claims that shape the screen from the access token; the services verify it, not this. */
export function readSession(user: User): Session {
  const claims = decode(user.access_token);
  const access = claims["realm_access"] as { roles?: string[] } | undefined;
  const known = (access?.roles ?? []).filter((role): role is Role => (ROLES as readonly string[]).includes(role));
  return {
    subject: user.profile.sub,
    name: user.profile.name ?? "",
    roles: new Set(known),
    units: (claims["units"] as string[] | undefined) ?? [],
  };
}

function decode(token: string): Record<string, unknown> {
  const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(part), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}
