import { useTranslation } from "react-i18next";
import type { OwnCase } from "./session";
import styles from "./Cases.module.css";

const STEPS = ["received", "working", "resolved", "closed"] as const;

/** How far the case is; one step is the current one, told in words too. */
export function Progress({ status, isTaken }: { status: OwnCase["status"]; isTaken: boolean }) {
  const { t } = useTranslation();
  const at = stepOf(status, isTaken);
  return (
    <ol className={styles.progress} aria-label={t("case.progress")}>
      {STEPS.map((step, index) => (
        <li key={step} data-done={index <= at || undefined} aria-current={index === at ? "step" : undefined}>
          {t(status === "waiting_citizen" && index === at ? "case.step.waiting" : `case.step.${step}`)}
        </li>
      ))}
    </ol>
  );
}

export function stepOf(status: OwnCase["status"], isTaken: boolean): number {
  if (status === "closed") return 3;
  if (status === "resolved") return 2;
  return status === "waiting_citizen" || (status === "open" && isTaken) ? 1 : 0;
}
