import type { Language } from "@atiende/ui";
import i18next from "i18next";
import { useTranslation } from "react-i18next";

/** The language of the page, as the services' addresses take it. */
export function useLanguage(): Language {
  return asLanguage(useTranslation().i18n.language);
}

/** The same outside of what is drawn. */
export function currentLanguage(): Language {
  return asLanguage(i18next.language);
}

function asLanguage(name: string): Language {
  return name === "en" ? "en" : "es";
}
