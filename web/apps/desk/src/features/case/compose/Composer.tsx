import { SegmentedControl } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { WORKERS, hasRole, useSession } from "../../../auth/context";
import type { CaseDetail } from "../../../data/types";
import { useDraft } from "../../drafts/useDrafts";
import classes from "./Composer.module.css";
import { onWrite } from "./composing";
import { NoteBox } from "./NoteBox";
import { ReplyBox } from "./ReplyBox";

/** Where answers and notes are written; what is written is kept at every key. */
export function Composer({ open }: { open: CaseDetail }) {
  const { t } = useTranslation();
  const session = useSession();
  const [draft, change] = useDraft(open.case_id);
  const input = useRef<HTMLTextAreaElement>(null);
  useEffect(
    () =>
      onWrite((mode) => {
        change({ mode });
        requestAnimationFrame(() => input.current?.focus());
      }),
    [change],
  );
  if (!hasRole(session, WORKERS)) return null;
  const Box = draft.mode === "reply" ? ReplyBox : NoteBox;
  return (
    <div className={classes.composer} data-mode={draft.mode}>
      <SegmentedControl
        size="xs"
        className={classes.kind}
        aria-label={t("case.write.kind")}
        value={draft.mode}
        data={[
          { value: "reply", label: t("case.write.reply") },
          { value: "note", label: t("case.write.note") },
        ]}
        onChange={(value) => change({ mode: value as "reply" | "note" })}
      />
      <Box open={open} input={input} />
    </div>
  );
}
