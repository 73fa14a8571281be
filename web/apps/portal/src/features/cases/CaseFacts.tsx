import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { useFormat } from "../../app/useFormat";
import styles from "./Cases.module.css";
import type { OwnCaseDetail } from "./session";

/** Who has the case and until when, with the reason of each date. */
export function CaseFacts({ own }: { own: OwnCaseDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { clock, unit } = own;
  if (!clock || !unit) return null;
  const left = clock.working_days_left;
  return (
    <aside className={styles.facts} aria-label={t("case.facts")}>
      <h2>
        <Icon name="person" /> {t("case.who")}
      </h2>
      <p>
        {own.assignee ? `${own.assignee}, ` : ""}
        {unit.name}
      </p>
      {unit.phone ? (
        <p>
          <a className="link tap" href={`tel:${unit.phone.replaceAll(" ", "")}`}>{unit.phone}</a>
        </p>
      ) : null}
      <h2>
        <Icon name="clock" /> {t("case.clock")}
      </h2>
      <p>
        <strong>{format.dateTime(clock.due_time)}</strong>
        {clock.overdue ? <span className={styles.late}> {t("case.overdue")}</span> : left === null ? null : <> · {t("case.daysLeft", { count: left })}</>}
      </p>
      <details>
        <summary>{t("case.howCounted")}</summary>
        <ul>
          {clock.explanation.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
    </aside>
  );
}
