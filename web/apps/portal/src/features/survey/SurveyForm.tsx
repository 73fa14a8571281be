import { ErrorSummary, ProblemAlert } from "@atiende/ui";
import { Button, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { Choice } from "./Choice";
import type { Answer, Invitation } from "./link";
import styles from "./Survey.module.css";

const MOST_CHARACTERS = 2_000;

interface Survey {
  question: string;
  minimum: Invitation["minimum"];
  maximum: Invitation["maximum"];
  isSending: boolean;
  error: unknown;
  onAnswer: (answer: Answer) => void;
}

/** A grade, whether it is solved, and what else there is to say; one of the first two is enough. */
export function SurveyForm({ question, minimum, maximum, isSending, error, onAnswer }: Survey) {
  const { t } = useTranslation();
  const [score, setScore] = useState<string>();
  const [solved, setSolved] = useState<"yes" | "no">();
  const [comment, setComment] = useState("");
  const [missing, setMissing] = useState(0);
  const isMissing = missing > 0 && !score && !solved;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!score && !solved) return setMissing(missing + 1);
    onAnswer({ score: score ? Number(score) : null, solved: solved ? solved === "yes" : null, comment: comment.trim() });
  };
  const grades = Array.from({ length: maximum - minimum + 1 }, (_, index) => String(minimum + index));
  return (
    <form noValidate onSubmit={submit} className={styles.form}>
      <ErrorSummary entries={isMissing ? [{ target: "calificacion", text: t("survey.missing") }] : []} round={missing} />
      <Choice
        id="calificacion"
        legend={question}
        options={grades.map((grade) => ({ value: grade, mark: grade, label: t(`survey.grade.${grade as "1"}`) }))}
        value={score}
        error={isMissing ? t("survey.missing") : undefined}
        onChange={setScore}
        isScale
      />
      <Choice
        id="resuelto"
        legend={t("survey.solved")}
        help={t("survey.noHelp")}
        options={[
          { value: "yes", label: t("survey.yes") },
          { value: "no", label: t("survey.no") },
        ]}
        value={solved}
        onChange={setSolved}
      />
      <Textarea
        label={`${t(solved === "no" ? "survey.why" : "survey.comment")} ${t("common.optional")}`}
        description={t("survey.commentHelp")}
        autosize
        minRows={3}
        maxRows={12}
        maxLength={MOST_CHARACTERS}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {error ? <ProblemAlert error={error} /> : null}
      <div>
        <Button type="submit" size="lg" loading={isSending}>
          {t("survey.send")}
        </Button>
      </div>
    </form>
  );
}
