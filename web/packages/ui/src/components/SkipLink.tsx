import { useTranslation } from "react-i18next";

/** The first stop of the keyboard on every page (WCAG 2.4.1). */
export function SkipLink({ target = "contenido" }: { target?: string }) {
  const { t } = useTranslation();
  return (
    <a className="skip-link" href={`#${target}`}>
      {t("common.skipToContent")}
    </a>
  );
}
