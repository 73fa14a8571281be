import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../app/useFormat";
import { waitQuery } from "../home/WaitNow";
import styles from "./Chat.module.css";

/** When somebody will answer; out of hours that what is written is kept and registered. */
export function Wait() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { data: wait, isError } = useQuery(waitQuery(i18n.language));
  if (isError) return <p className={styles.wait}>{t("chat.waitUnknown")}</p>;
  if (!wait) return <p className={styles.wait}>{"\u00a0"}</p>;
  const expected = wait.expected_wait_seconds;
  if (!wait.open_now) {
    return (
      <div className={styles.mailbox}>
        <strong>{t("chat.closedNow")}</strong>{" "}
        {wait.next_opening ? t("chat.mailboxUntil", { when: format.dateTime(wait.next_opening) }) : t("chat.mailbox")}
      </div>
    );
  }
  return (
    <p className={styles.wait}>
      <strong>{t("chat.openNow")}</strong>{" "}
      {expected === null ? t("chat.waitOpen") : expected < 60 ? t("chat.waitShort") : t("chat.waitAbout", { span: format.span(expected) })}
    </p>
  );
}
