import { dataOf, type CasesSchemas } from "@atiende/api";
import type { Language } from "@atiende/ui";
import { api } from "../../app/api";
import { queryClient } from "../../app/query";
import { forgetOwn, sessionQuery, type Session } from "../cases/session";

export type ProvableChannel = CasesSchemas["schemas"]["CodeBody"]["channel"];

/** An address that may be somebody's. */
export interface Claim {
  channel: ProvableChannel;
  address: string;
}

/** A code on its way. */
export interface Challenge extends Claim {
  id: string;
  /** Instants of this device, so that a wrong clock counts on both sides. */
  resendAt: number;
  overAt: number;
}

export const TRIES = 5;
const LASTS_MS = 600_000;

export async function sendCode(claim: Claim, language: Language, key: string): Promise<Challenge> {
  const sent = await dataOf(
    api.cases.POST("/api/cases/v1/citizen/codes", { params: { header: { "Idempotency-Key": key } }, body: { ...claim, language } }),
  );
  const now = Date.now();
  return { ...claim, id: sent.challenge_id, resendAt: now + sent.resend_after_seconds * 1000, overAt: now + LASTS_MS };
}

/** Enters, or adds the address to whoever has entered. The cookie that comes back no script can read. */
export async function verifyCode(challenge: Challenge, code: string, isMore: boolean): Promise<Session> {
  const session = await dataOf(
    api.cases.POST("/api/cases/v1/citizen/codes/{challenge_id}/verification", {
      params: { path: { challenge_id: challenge.id } },
      body: { code, add_to_session: isMore },
    }),
  );
  forgetOwn();
  queryClient.setQueryData(sessionQuery.queryKey, session);
  return session;
}

/** The six digits of what was typed or pasted, also out of the whole message. */
export function readCode(text: string): string {
  const spaced = text.replace(/(\d)[ -](?=\d)/g, "$1");
  return /(?<!\d)\d{6}(?!\d)/.exec(spaced)?.[0] ?? text.trim().slice(0, 20);
}

const KEPT = "atiende-code";

/** Phones close pages while one looks for the code in another application. The id alone opens nothing. */
export function keepChallenge(challenge: Challenge | null): void {
  if (challenge) sessionStorage.setItem(KEPT, JSON.stringify(challenge));
  else sessionStorage.removeItem(KEPT);
}

export function keptChallenge(): Challenge | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null") as Challenge | null;
    return kept && kept.overAt > Date.now() ? kept : null;
  } catch {
    return null;
  }
}
