import { useTranslation } from "react-i18next";
import { useCity } from "./city";
import { Icon } from "./Icon";
import styles from "./Shell.module.css";
import { useOnline } from "./useOnline";

/** What changes the day of everybody who comes: the city in crisis, the network gone. */
export function Notices() {
  const { t } = useTranslation();
  const crisis = useCity().data?.crisis_text;
  const isOnline = useOnline();
  return (
    <>
      {crisis ? (
        <section className={`${styles.notice} ${styles.crisis}`} aria-label={t("shell.crisis")}>
          <div className="wrap">
            <Icon name="alert" size={24} />
            <p style={{ margin: 0 }}>
              <strong>{t("shell.crisis")}.</strong> {crisis}
            </p>
          </div>
        </section>
      ) : null}
      <div role="status">
        {isOnline ? null : (
          <div className={`${styles.notice} ${styles.offline}`}>
            <div className="wrap">
              <Icon name="offline" size={24} />
              <p style={{ margin: 0 }}>
                <strong>{t("shell.offline")}</strong> {t("shell.offlineHelp")}
              </p>
            </div>
          </div>
        )}
      </div>
    </>
  );
}
