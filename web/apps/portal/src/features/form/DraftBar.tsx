import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../app/useFormat";
import type { Draft } from "./draft";
import styles from "./Form.module.css";

/** Says that one goes on with what was written before, and lets one begin anew, after asking. */
export function DraftBar({ draft, onStartAnew }: { draft: Draft; onStartAnew: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [isAsking, setAsking] = useState(false);
  return (
    <div className={styles.draftBar}>
      <p>{t(isAsking ? "form.sureAnew" : "form.resumed", { when: format.when(new Date(draft.updateTime).toISOString()) })}</p>
      {isAsking ? (
        <div className={styles.row}>
          <Button size="sm" color="red" onClick={() => { setAsking(false); onStartAnew(); }}>{t("form.yesAnew")}</Button>
          <Button size="sm" variant="default" onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
        </div>
      ) : (
        <Button size="sm" variant="default" onClick={() => setAsking(true)}>{t("form.startAnew")}</Button>
      )}
    </div>
  );
}
