import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useFormat } from "../../app/useFormat";
import styles from "./Kiosk.module.css";
import { turnQuery, type Turn } from "./queries";
import { endSession } from "./wipe";

/** A turn that was taken: on the screen while it waits, and on paper. */
export function Ticket({ taken }: { taken: Turn }) {
  const { t } = useTranslation();
  const format = useFormat();
  const turn = useQuery(turnQuery(taken)).data;
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("kiosk.yourTurn")}</PageHeading>
      <section className={styles.ticket} aria-label={t("kiosk.yourTurn")}>
        <p>{turn.unit_name}</p>
        <p className={styles.number}>{turn.ticket}</p>
        <div aria-live="polite">
          <Standing turn={turn} />
        </div>
        <p>{format.dateTime(turn.create_time)}</p>
      </section>
      <p className={`${styles.actions} no-print`}>
        <button type="button" className={styles.big} onClick={() => print()}>
          {t("kiosk.print")}
        </button>
        <button type="button" className={styles.plain} onClick={() => void endSession()}>
          {t("kiosk.end")}
        </button>
      </p>
    </div>
  );
}

function Standing({ turn }: { turn: Turn }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (turn.status === "called" || turn.status === "attending") {
    return <p className={styles.called}>{turn.desk ? t("kiosk.goTo", { desk: turn.desk }) : t("kiosk.called")}</p>;
  }
  if (turn.status !== "waiting") return <p>{t("kiosk.turnOver")}</p>;
  return (
    <>
      {turn.position === null ? null : <p>{turn.position === 1 ? t("kiosk.next") : t("kiosk.before", { count: turn.position - 1 })}</p>}
      {turn.expected_wait_seconds === null ? null : <p>{t("kiosk.wait", { span: format.span(turn.expected_wait_seconds) })}</p>}
    </>
  );
}
