import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useLanguage } from "../../app/useLanguage";
import { readFolio } from "../search/folio";
import { OwnSurvey } from "../survey/OwnSurvey";
import { CaseFacts } from "./CaseFacts";
import styles from "./Cases.module.css";
import { MustEnter } from "./MustEnter";
import { OwnBar } from "./OwnBar";
import { Progress } from "./Progress";
import { ReopenPanel } from "./ReopenPanel";
import { ReplyForm } from "./ReplyForm";
import { ownCaseQuery } from "./session";
import { Timeline } from "./Timeline";

/** One's own case: how it stands, what comes next, who has it, until when, and what was said. */
export function CasePage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { caseId } = useParams({ from: "/shell/casos/$caseId" });
  const folio = readFolio(caseId)?.folio;
  const query = useQuery(ownCaseQuery(caseId, language));
  const own = query.data;
  const isRefused = query.error instanceof Problem && [401, 403, 404].includes(query.error.status);
  // Messages of the city name a case by its folio; whoever has not entered needs its key beside it.
  if (folio && own) return <Navigate to="/casos/$caseId" params={{ caseId: own.case_id }} replace />;
  if (folio && isRefused) return <Navigate to="/seguimiento" hash={folio} replace />;
  if (query.error instanceof Problem && (query.error.status === 401 || query.error.status === 403)) return <MustEnter />;
  if (!own) {
    const isUnknown = query.error instanceof Problem && query.error.status === 404;
    return (
      <div className="wrap page narrow">
        <PageHeading>{t(isUnknown ? "case.unknownTitle" : "case.title")}</PageHeading>
        {isUnknown ? <MustEnter isInside /> : query.error ? <ProblemAlert error={query.error} onRetry={() => void query.refetch()} /> : <p role="status">{t("common.loading")}</p>}
      </div>
    );
  }
  const isOver = own.status === "closed" || own.status === "resolved";
  // A bad answer reopens the case; its thanks stay where the question was.
  const wasResolved = own.entries.some((entry) => entry.event === "resolved");
  return (
    <div className="wrap page">
      <OwnBar />
      <div className={styles.columns}>
        <div>
          <p className={styles.folio}>{own.folio ?? t("case.noFolioYet")}</p>
          <PageHeading title={own.folio ?? t("case.title")}>{own.procedure?.name ?? t("case.title")}</PageHeading>
          <Progress status={own.status} isTaken={own.assignee !== null} />
          <div role="status" className={styles.status}>
            <strong>{own.status_text}</strong>
            <p>{own.next_step_text}</p>
          </div>
          {query.error ? <ProblemAlert error={query.error} /> : null}
          {own.wants_answer ? (
            <section className={styles.question} aria-labelledby="pregunta">
              <h2 id="pregunta">{t("case.question")}</h2>
              {own.question ? <blockquote>{own.question}</blockquote> : null}
              <ReplyForm caseId={caseId} isAnswer />
            </section>
          ) : null}
          {own.can_reopen_until ? <ReopenPanel caseId={caseId} until={own.can_reopen_until} /> : null}
          {isOver || wasResolved ? <OwnSurvey caseId={caseId} isOver={isOver} /> : null}
          <section aria-labelledby="historia">
            <h2 id="historia">{t("case.timeline")}</h2>
            <Timeline caseId={caseId} entries={own.entries} />
          </section>
          {own.folio && !own.wants_answer && !isOver ? (
            <section aria-labelledby="agregar">
              <h2 id="agregar">{t("case.addTitle")}</h2>
              <ReplyForm caseId={caseId} />
            </section>
          ) : null}
        </div>
        <CaseFacts own={own} />
      </div>
    </div>
  );
}
