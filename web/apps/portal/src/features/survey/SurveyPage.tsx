import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useFormat } from "../../app/useFormat";
import { useLanguage } from "../../app/useLanguage";
import { answerSurvey, invitationQuery, readToken, type Answer, type Invitation } from "./link";
import styles from "./Survey.module.css";
import { SurveyForm } from "./SurveyForm";

/** The page that the link of a survey opens. */
export function SurveyPage() {
  const { t } = useTranslation();
  const token = readToken(useLocation().hash);
  const query = useQuery(invitationQuery(token));
  const client = useQueryClient();
  const answer = useMutation({
    mutationFn: (given: Answer) => answerSurvey(token, given),
    onError: (error) => {
      // Answered elsewhere, or the thanks for this answer was lost on the way.
      if (error instanceof Problem && error.status === 409) void client.invalidateQueries({ queryKey: ["survey", token] });
    },
  });
  const invitation = query.data;
  if (!token || invitation === null) {
    return (
      <Told title={t("survey.unknown")}>
        <p>{t("survey.unknownHelp")}</p>
      </Told>
    );
  }
  if (!invitation) {
    return (
      <div className="wrap page narrow">
        <PageHeading>{t("survey.title")}</PageHeading>
        {query.error ? <ProblemAlert error={query.error} onRetry={() => void query.refetch()} /> : <p role="status">{t("common.loading")}</p>}
      </div>
    );
  }
  if (answer.data) {
    return (
      <Told key="thanks" title={t("survey.thanks")} folio={answer.data.needs_recovery ? invitation.folio : undefined}>
        <p>{answer.data.needs_recovery ? t("survey.reopened", { folio: invitation.folio }) : t("survey.thanksHelp")}</p>
      </Told>
    );
  }
  if (invitation.state === "answered") {
    return (
      <Told key="answered" title={t("survey.answered")} folio={invitation.folio}>
        <p>{t("survey.answeredHelp", { folio: invitation.folio })}</p>
      </Told>
    );
  }
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("survey.title")}</PageHeading>
      <About invitation={invitation} />
      <Ask invitation={invitation} isSending={answer.isPending} error={answer.error} onAnswer={(given) => answer.mutate(given)} />
    </div>
  );
}

function About({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const language = useLanguage();
  const { folio } = invitation;
  const [procedure, unit] = [invitation.procedure[language], invitation.unit[language]];
  return (
    <>
      <p>{procedure && unit ? t("survey.about", { folio, procedure, unit }) : t("survey.aboutShort", { folio })}</p>
      <p>{t("survey.length")}</p>
      {invitation.state === "late" ? <p className={styles.note}>{t("survey.late", { when: format.date(invitation.expire_time) })}</p> : null}
    </>
  );
}

function Ask({ invitation, ...rest }: { invitation: Invitation; isSending: boolean; error: unknown; onAnswer: (answer: Answer) => void }) {
  const language = useLanguage();
  const { question, minimum, maximum } = invitation;
  return <SurveyForm question={question[language]} minimum={minimum} maximum={maximum} {...rest} />;
}

/** What there is to say when there is nothing to answer, with a way on. */
function Told({ title, folio, children }: { title: string; folio?: string | undefined; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="wrap page narrow">
      <PageHeading>{title}</PageHeading>
      {children}
      <div className={styles.ways}>
        {folio ? (
          <Link to="/casos/$caseId" params={{ caseId: folio }} className="link tap">
            {t("survey.seeCase")}
          </Link>
        ) : null}
        <Link to="/" className="link tap">
          {t("survey.home")}
        </Link>
      </div>
    </div>
  );
}
