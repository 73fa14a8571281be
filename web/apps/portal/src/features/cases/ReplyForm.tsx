import { ProblemAlert } from "@atiende/ui";
import { Button, Stack, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../app/useLanguage";
import { FilesField } from "../form/FilesField";
import styles from "./Cases.module.css";
import { ownCaseQuery } from "./session";
import { useReply } from "./useReply";

const MOST_CHARACTERS = 8000;
const AWAITED_MS = 60_000;
const ASK_EVERY_MS = 1_500;

/** An answer or something more about a case, with files. What is written stays until it was taken. */
export function ReplyForm({ caseId, isAnswer = false }: { caseId: string; isAnswer?: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { reply, change, send, isSending, problem, isTaken } = useReply(caseId);
  const [isMissing, setMissing] = useState(false);
  const [awaited, setAwaited] = useState({ entries: 0, until: 0 });
  // What the city took is in the story once it was entered, a moment later: until then it is asked often.
  const own = useQuery({
    ...ownCaseQuery(caseId, language),
    refetchInterval: ({ state }) => ((state.data?.entries.length ?? 0) < awaited.entries && Date.now() < awaited.until ? ASK_EVERY_MS : false),
  });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const isEmpty = !reply.text.trim() && reply.files.length === 0;
    setMissing(isEmpty);
    const entries = (own.data?.entries.length ?? 0) + 1;
    if (isEmpty || !(await send())) return;
    setAwaited({ entries, until: Date.now() + AWAITED_MS });
    await own.refetch();
  };
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <Stack gap="md">
        <Textarea
          label={t(isAnswer ? "case.answer" : "case.message")}
          autosize
          minRows={3}
          maxRows={14}
          maxLength={MOST_CHARACTERS}
          value={reply.text}
          error={isMissing ? t("case.messageMissing") : undefined}
          onChange={(event) => change({ text: event.currentTarget.value })}
        />
        <FilesField id="mensaje-archivos" label={t("case.files")} most={5} files={reply.files} onChange={(files) => change({ files })} />
        {problem ? <ProblemAlert error={problem} /> : null}
        <div className={styles.row}>
          <Button type="submit" loading={isSending}>{t(isAnswer ? "case.sendAnswer" : "case.send")}</Button>
          <p role="status" className={styles.taken}>{isTaken ? t("case.taken") : ""}</p>
        </div>
      </Stack>
    </form>
  );
}
