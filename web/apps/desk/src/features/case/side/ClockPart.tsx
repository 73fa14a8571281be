import { IconAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../../data/cases";
import type { CaseDetail } from "../../../data/types";
import { Due } from "../../../parts/Due";
import { Mark } from "../../../parts/Marks";
import { Time } from "../../../parts/Time";
import classes from "./CaseSide.module.css";
import { Fact, Facts, Part } from "./parts";

/** When what is due, and in plain words why: which rule, counted from when, what does not count. */
export function ClockPart({ open }: { open: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(caseQueries.clock(open.case_id));
  const left = data?.working_days_left;
  const active = open.status === "open" || open.status === "waiting_citizen";
  return (
    <Part title={t("case.side.clock")}>
      <Facts>
        <Fact name={t("case.side.now")}>
          <Due row={open} />
          {active && left != null ? <span className={classes.address}>{t(left < 0 ? "case.clock.over" : "case.clock.left", { count: Math.abs(left) })}</span> : null}
          {active ? null : t("case.clock.stopped")}
        </Fact>
        <Fact name={t("case.side.opened")}>
          <Time time={open.open_time} />
        </Fact>
        {open.out_of_hours ? (
          <Fact name={t("case.side.legal")}>
            <Time time={open.legal_time} />
          </Fact>
        ) : null}
        <Fact name={t("due.what.first")}>
          {open.first_answer_time ? t("case.side.given") : null} <Time time={open.first_answer_time ?? open.first_answer_due_time} />
        </Fact>
        <Fact name={t("due.what.final")}>
          <Time time={open.due_time} />
        </Fact>
        {open.calendar_missing ? (
          <Fact name={t("case.side.warning")}>
            <Mark icon={IconAlert} tone="red" text={t("case.side.noCalendar")} />
          </Fact>
        ) : null}
      </Facts>
      {data ? (
        <details className={classes.why}>
          <summary>{t("case.clock.why")}</summary>
          <ol>
            {data.steps.map((step) => (
              <li key={step.kind}>{step.text[i18n.language] ?? step.text["es"]}</li>
            ))}
          </ol>
        </details>
      ) : null}
    </Part>
  );
}
