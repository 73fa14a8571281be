import { Problem } from "@atiende/api";
import i18next from "i18next";

/** What a refusal says to people, in one sentence: the service's own words when it has some. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Problem)) return i18next.t("problem.server");
  if (error.status === 0) return i18next.t("problem.offline");
  if (error.status === 401) return i18next.t("problem.unauthenticated");
  if (error.status === 429) return i18next.t("problem.tooMany");
  return error.status < 500 && error.message ? error.message : i18next.t("problem.server");
}
