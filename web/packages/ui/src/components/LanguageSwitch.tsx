import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** One button that names the other language in that language. */
export function LanguageSwitch() {
  const { i18n } = useTranslation();
  const other = i18n.language === "es" ? "en" : "es";
  return (
    <Button variant="subtle" size="sm" lang={other} onClick={() => void i18n.changeLanguage(other)}>
      {other === "es" ? "Español" : "English"}
    </Button>
  );
}
