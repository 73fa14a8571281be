import { useTranslation } from "react-i18next";
import { BoardFrame } from "./BoardFrame";
import { DeadLetters } from "./DeadLetters";
import { FailedNotifications, useFailedNotifications } from "./FailedNotifications";

/** What reached nobody and what nobody could process: work lists, not a log. */
export function FailuresPage() {
  const { t } = useTranslation();
  const failed = useFailedNotifications();
  return (
    <BoardFrame part="failures" watched={[failed]} byUnit={false}>
      <p style={{ margin: 0, maxWidth: "70ch" }}>{t("board.failures.text")}</p>
      <FailedNotifications failed={failed} />
      <DeadLetters />
    </BoardFrame>
  );
}
