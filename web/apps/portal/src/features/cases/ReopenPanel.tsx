import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { useFormat } from "../../app/useFormat";
import { useLanguage } from "../../app/useLanguage";
import styles from "./Cases.module.css";
import { ownCaseQuery } from "./session";

/** "No está resuelto": takes up the same case again, while its window is open. */
export function ReopenPanel({ caseId, until }: { caseId: string; until: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const format = useFormat();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const key = useRef(crypto.randomUUID());
  const reopen = useMutation({
    mutationFn: () =>
      dataOf(
        api.cases.POST("/api/cases/v1/citizen/cases/{case_id}/reopen", {
          params: { path: { case_id: caseId }, header: { "Idempotency-Key": key.current }, query: { language } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: (own) => client.setQueryData(ownCaseQuery(caseId, language).queryKey, own),
  });
  return (
    <section className={styles.question} aria-labelledby="reabrir">
      <h2 id="reabrir">{t("case.solvedTitle")}</h2>
      <p>{t("case.solvedHelp", { until: format.dateTime(until) })}</p>
      {reopen.error ? <ProblemAlert error={reopen.error} /> : null}
      {isOpen ? (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            setMissing(!reason.trim());
            if (reason.trim()) reopen.mutate();
          }}
        >
          <Textarea
            label={t("case.whatIsWrong")}
            autosize
            minRows={3}
            maxLength={2000}
            value={reason}
            error={isMissing ? t("case.whatIsWrongMissing") : undefined}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <div className={styles.row}>
            <Button type="submit" loading={reopen.isPending}>{t("case.reopen")}</Button>
            <Button variant="default" onClick={() => setOpen(false)}>{t("common.cancel")}</Button>
          </div>
        </form>
      ) : (
        <Button onClick={() => setOpen(true)}>{t("case.notSolved")}</Button>
      )}
    </section>
  );
}
