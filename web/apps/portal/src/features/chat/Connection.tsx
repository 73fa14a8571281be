import { useTranslation } from "react-i18next";
import styles from "./Chat.module.css";
import type { Connection as State } from "./line";

/** How the line to the city is, in words; nothing before the first message, when there is none. */
export function Connection({ now }: { now: State }) {
  const { t } = useTranslation();
  return (
    <p className={styles.connection} role="status" data-connection={now}>
      {now === "idle" ? null : (
        <>
          <span className={styles.dot} aria-hidden />
          {t(`chat.connection.${now}`)}
        </>
      )}
    </p>
  );
}
