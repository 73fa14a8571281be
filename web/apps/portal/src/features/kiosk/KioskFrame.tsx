import { SkipLink } from "@atiende/ui";
import { Link, Outlet } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import { Emergency } from "../../app/Emergency";
import { Notices } from "../../app/Notices";
import { IdleGuard } from "./IdleGuard";
import styles from "./Kiosk.module.css";
import { endSession } from "./wipe";

/** What surrounds every page at a kiosk: larger, without ways out of it, and with an end. */
export function KioskFrame() {
  const { t, i18n } = useTranslation();
  const city = useCity().data;
  const [isEnding, setEnding] = useState(false);
  const other = i18n.language === "es" ? "en" : "es";
  useEffect(() => {
    // All sizes of the portal are relative: its targets of 44 px become 66 px.
    document.documentElement.classList.add(styles.large ?? "");
    return () => document.documentElement.classList.remove(styles.large ?? "");
  }, []);

  function end() {
    setEnding(true);
    void endSession();
  }

  return (
    <div className={styles.frame}>
      <SkipLink />
      <header>
        <Emergency />
        <div className={`wrap ${styles.bar}`}>
          <Link to="/kiosco" className={styles.brand}>
            {city?.short_name ?? t("shell.home")}
          </Link>
          <button type="button" lang={other} onClick={() => void i18n.changeLanguage(other)}>
            {other === "es" ? "Español" : "English"}
          </button>
          <button type="button" aria-disabled={isEnding} onClick={end}>
            {t(isEnding ? "kiosk.wiping" : "kiosk.end")}
          </button>
        </div>
      </header>
      <Notices />
      <main id="contenido" tabIndex={-1}>
        <Outlet />
      </main>
      <IdleGuard />
    </div>
  );
}
