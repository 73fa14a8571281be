import { IconAlert, IconLink, IconMerge, IconPaperclip, IconPencil, IconReply, IconSiren, IconTransfer, type Icon } from "@atiende/ui";
import { useTranslation } from "react-i18next";
import type { CaseView } from "../data/types";
import classes from "./parts.module.css";

type Tone = "red" | "amber" | "blue" | "gray";

/** What makes a case stand out, each as picture and word. */
export function Marks({ row, draft = false }: { row: CaseView; draft?: boolean }) {
  const { t } = useTranslation();
  const urgent = row.priority <= 1;
  return (
    <>
      {row.emergency ? <Mark icon={IconSiren} tone="red" text={t("mark.emergency")} /> : null}
      {urgent && !row.emergency ? <Mark icon={IconAlert} tone="red" text={t(`mark.priority.${row.priority}`)} /> : null}
      {draft ? <Mark icon={IconPencil} tone="blue" text={t("mark.draft")} /> : null}
      {row.transfer ? <Mark icon={IconTransfer} tone="blue" text={t("mark.transfer")} /> : null}
      {row.undelivered ? <Mark icon={IconAlert} tone="red" text={t("mark.undelivered")} /> : null}
      {row.unreadable ? <Mark icon={IconAlert} tone="amber" text={t("mark.unreadable")} /> : null}
      {row.needs_answer ? <Mark icon={IconReply} tone="amber" text={t("mark.needsAnswer")} /> : null}
      {row.incident_id ? <Mark icon={IconLink} tone="gray" text={t("mark.incident")} /> : null}
      {row.merged > 0 ? <Mark icon={IconMerge} tone="gray" text={t("mark.merged", { count: row.merged })} /> : null}
      {row.has_attachments ? <IconPaperclip size={14} label={t("mark.attachments")} /> : null}
    </>
  );
}

export function Mark({ icon: Picture, tone, text }: { icon: Icon; tone: Tone; text: string }) {
  return (
    <span className={classes.mark} data-tone={tone}>
      <Picture size={13} />
      {text}
    </span>
  );
}
