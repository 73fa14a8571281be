import { Problem } from "@atiende/api";
import { useTranslation } from "react-i18next";

const WORDS: Record<string, string> = {
  CODE_WRONG: "enter.refused.codeWrong",
  ADDRESS_INVALID: "enter.refused.address",
  CONTACT_POINT_TAKEN: "enter.refused.taken",
  LAST_CONTACT_POINT: "enter.refused.last",
  EMAIL_NOT_VERIFIED: "account.unverified",
  ACCOUNT_OF_OTHER_CITY: "account.otherCity",
};

/** A refusal in the page's language; what is not known here stays as it was told. */
export function useTold(): (error: unknown) => unknown {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof Problem)) return error;
    if (error.status === 429) {
      const minutes = Math.max(1, Math.ceil((error.retryAfterSeconds ?? 60) / 60));
      return new Problem(429, { detail: t("enter.refused.tooMany", { count: minutes }) });
    }
    const key = WORDS[error.reason];
    return key ? new Problem(error.status, { detail: t(key), reason: error.reason }) : error;
  };
}
