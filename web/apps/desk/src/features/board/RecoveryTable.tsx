import { DataTable, type Column } from "@atiende/ui";
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useFigures } from "./format";
import { CaseLink } from "./links";
import classes from "./Page.module.css";
import type { Answer } from "./queries";
import { useUnitNames } from "./release";
import { shortUnit } from "../../parts/unit";

/** Answers with a task, in the words of the people who gave them. */
export function RecoveryTable({ rows, onSettle }: { rows: readonly Answer[]; onSettle?: ((answer: Answer) => void) | undefined }) {
  const { t } = useTranslation();
  const say = useFigures();
  const units = useUnitNames();
  const columns: Column<Answer>[] = [
    {
      key: "case",
      title: t("board.work.case"),
      cell: (answer) => (
        <>
          <CaseLink caseId={answer.case_id}>
            {answer.folio}
          </CaseLink>
          <br />
          <span className={classes.quiet}>{shortUnit(units.get(answer.unit_id) ?? answer.unit_id)}</span>
        </>
      ),
    },
    {
      key: "said",
      title: t("board.recovery.said"),
      wide: true,
      cell: (answer) => (
        <>
          {[
            answer.score === null ? "" : t("board.recovery.score", { score: answer.score }),
            answer.solved === null ? "" : t(answer.solved ? "board.recovery.solved" : "board.recovery.notSolved"),
          ]
            .filter(Boolean)
            .join(" · ")}
          {answer.comment ? <div>«{answer.comment}»</div> : null}
          {answer.later_comments.map((comment) => (
            <div key={comment.message_id}>«{comment.text}»</div>
          ))}
        </>
      ),
    },
    {
      key: "since",
      title: t("board.recovery.since"),
      cell: (answer) => (
        <>
          {say.moment(answer.receive_time)}
          {answer.task?.overdue ? <div className={classes.bad}>{t("board.recovery.late", { time: say.moment(answer.task.due_time) })}</div> : null}
        </>
      ),
    },
    {
      key: "done",
      title: t("board.recovery.doneWhat"),
      wide: true,
      cell: (answer) =>
        answer.task?.disposition ? (
          <>
            {t(`board.recovery.disposition.${answer.task.disposition}`)}
            {answer.task.settle_time ? <span className={classes.quiet}> · {say.moment(answer.task.settle_time)}</span> : null}
            {answer.task.note ? <div>{answer.task.note}</div> : null}
          </>
        ) : onSettle ? (
          <Button size="compact-sm" variant="default" onClick={() => onSettle(answer)}>
            {t("board.recovery.settle")}
            <span className="visually-hidden"> {answer.folio}</span>
          </Button>
        ) : (
          t("board.recovery.waits")
        ),
    },
  ];
  return <DataTable caption={t("board.recovery.title")} hideCaption rows={rows} rowKey={(answer) => answer.invitation_id} columns={columns} />;
}
