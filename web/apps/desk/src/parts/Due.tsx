import { IconAlert, IconClock, IconPause } from "@atiende/ui";
import { useTranslation } from "react-i18next";
import type { CaseView } from "../data/types";
import { useTimeZone } from "../data/city";
import { fullTime, spanInWords, urgencyOf } from "../format/time";
import { useNow } from "../format/useNow";
import classes from "./parts.module.css";

type Dated = Pick<CaseView, "status" | "overdue" | "next_due_time" | "first_answer_time" | "first_answer_due_time" | "due_time">;

/** When something is due, in words, colour and picture; the exact time is its title. */
export function Due({ row }: { row: Dated }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const now = useNow();
  if (row.status === "resolved" || row.status === "closed") return null;
  const waits = row.status === "waiting_citizen";
  const urgency = urgencyOf(row.next_due_time, now, row.overdue);
  const span = spanInWords(Date.parse(row.next_due_time) - now, i18n.language);
  const Picture = urgency === "overdue" ? IconAlert : waits ? IconPause : IconClock;
  const what = row.first_answer_time === null && row.next_due_time === row.first_answer_due_time ? "first" : "final";
  return (
    <span
      className={classes.due}
      data-urgency={urgency}
      title={`${t(`due.what.${what}`)}: ${fullTime(row.next_due_time, i18n.language, timeZone)}`}
    >
      <Picture size={14} />
      {t(urgency === "overdue" ? "due.overdue" : "due.in", { span })}
    </span>
  );
}
