import { isLanguage } from "@atiende/ui";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCity } from "./city";
import { Icon } from "./Icon";
import styles from "./Shell.module.css";

export function Header() {
  const { t, i18n } = useTranslation();
  const city = useCity();
  const other = i18n.language === "es" ? "en" : "es";
  return (
    <div className={styles.bar}>
      <div className="wrap">
        <Link to="/" className={styles.brand}>
          <Crest />
          <span>
            <strong>{city.data?.short_name ?? "\u00a0"}</strong>
            <small>{t("shell.service")}</small>
          </span>
        </Link>
        <nav className={styles.nav} aria-label={t("shell.mainNavigation")}>
          <Link to="/tramites">{t("shell.procedures")}</Link>
          <Link to="/casos">
            <Icon name="person" />
            {t("shell.myCases")}
          </Link>
          <button type="button" lang={other} onClick={() => isLanguage(other) && void i18n.changeLanguage(other)}>
            {other === "es" ? "Español" : "English"}
          </button>
        </nav>
      </div>
    </div>
  );
}

/** A mark of ours, not the arms of a real city. */
function Crest() {
  return (
    <svg width="42" height="42" viewBox="0 0 42 42" aria-hidden focusable="false">
      <path fill="#063b40" d="M4 3h34v19c0 9-7 14-17 18C11 36 4 31 4 22z" />
      <path fill="#f5b82e" d="M21 8a7 7 0 0 1 7 7H14a7 7 0 0 1 7-7Z" />
      <path fill="none" stroke="#fff" strokeWidth="2.4" d="M9 20.5c4-3 8-3 12 0s8 3 12 0M11 26.5c3.5-2.6 6.7-2.6 10 0s6.5 2.6 10 0" />
    </svg>
  );
}
