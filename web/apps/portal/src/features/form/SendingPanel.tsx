import { Button, Loader } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { PageHeading } from "../../app/PageHeading";
import { useOnline } from "../../app/useOnline";
import type { Draft } from "./draft";
import styles from "./Form.module.css";
import { send, waitsForNetwork, type Sending } from "./outbox";

/** While a form is on its way: nothing more to do, and nothing to fear. */
export function SendingPanel({ draft, sending, onChange }: { draft: Draft; sending: Sending | undefined; onChange: () => void }) {
  const { t } = useTranslation();
  const isOnline = useOnline();
  useEffect(() => {
    scrollTo({ top: 0 });
  }, []);
  useEffect(() => {
    if (sending === undefined) void send(draft.code);
  }, [sending, draft.code]);
  const isOffline = waitsForNetwork(sending, isOnline);
  const isWaiting = sending?.state === "waiting";
  return (
    <div className="wrap page narrow">
      <PageHeading title={t("form.title")}>{draft.procedureName}</PageHeading>
      <div role="status" className={styles.sending}>
        {isWaiting ? (
          <>
            <Icon name={isOffline ? "offline" : "clock"} size={30} />
            <div>
              <h2>{t(isOffline ? "form.sending.offline" : "form.sending.later")}</h2>
              <p>{t("form.sending.kept")}</p>
            </div>
          </>
        ) : (
          <>
            <Loader size="sm" />
            <h2>{t("form.sending.now")}</h2>
          </>
        )}
      </div>
      {isWaiting ? (
        <div className={styles.row}>
          <Button onClick={() => void send(draft.code)}>{t("form.sending.tryNow")}</Button>
          {(sending?.draft ?? draft).attempted ? null : (
            <Button variant="default" onClick={onChange}>
              {t("form.sending.change")}
            </Button>
          )}
        </div>
      ) : null}
    </div>
  );
}
