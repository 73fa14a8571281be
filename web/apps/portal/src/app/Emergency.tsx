import { useTranslation } from "react-i18next";
import { useCity } from "./city";
import styles from "./Shell.module.css";

/** Whom to call when life is in danger: first on every page, because no form is fast enough. */
export function Emergency() {
  const { t } = useTranslation();
  const [first, ...others] = useCity().data?.emergency_numbers ?? [];
  return (
    <div className={styles.emergency}>
      <div className="wrap">
        <span className="tap">
          {t("shell.danger")}
          {first ? <a className="tap" href={`tel:${first.number}`}>{t("shell.callNumber", { number: first.number })}</a> : null}
        </span>
        {others.length > 0 ? (
          <details>
            <summary>{t("shell.otherNumbers")}</summary>
            <ul className={`plain-list ${styles.numbers}`}>
              {others.map((one) => (
                <li key={one.number}>
                  <a className="tap" href={`tel:${one.number}`}>
                    {one.number}
                  </a>{" "}
                  {one.name}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
    </div>
  );
}
