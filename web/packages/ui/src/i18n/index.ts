import i18next, { type i18n, type Resource } from "i18next";
import { initReactI18next } from "react-i18next";
import { shared } from "./locales";

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Words of a part of an application in every language; English has exactly the keys of Spanish. */
export type Words = Record<Language, object>;

/** Spanish first; a visitor's own choice wins over the browser's. */
export function preferredLanguage(): Language {
  const asked = new URLSearchParams(location.search).get("lang") ?? cookie("atiende_lang") ?? "";
  if (isLanguage(asked)) return asked;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith("es")) || !navigator.languages[0]?.startsWith("en")
    ? "es"
    : "en";
}

export function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text);
}

/** Starts i18next with an application's words beside the shared ones. A key that is missing is an error in tests. */
export function startI18n(words: Words): i18n {
  const resources: Resource = {};
  for (const language of LANGUAGES) {
    resources[language] = { translation: { ...shared[language], ...words[language] } };
  }
  void i18next.use(initReactI18next).init({
    resources,
    lng: preferredLanguage(),
    fallbackLng: "es",
    supportedLngs: LANGUAGES,
    interpolation: { escapeValue: false },
    returnNull: false,
    saveMissing: true,
    missingKeyHandler: (_languages, _namespace, key) => console.error(`missing translation: ${key}`),
  });
  document.documentElement.lang = i18next.language;
  i18next.on("languageChanged", (language) => {
    document.documentElement.lang = language;
    document.cookie = `atiende_lang=${language};path=/;max-age=31536000;SameSite=Lax`;
  });
  return i18next;
}

/** Adds the words of a feature that is loaded when it is needed, so that the first page does not carry them. */
export function addWords(words: Words): void {
  for (const language of LANGUAGES) i18next.addResourceBundle(language, "translation", words[language], true, true);
}

function cookie(name: string): string | undefined {
  return document.cookie
    .split("; ")
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}
