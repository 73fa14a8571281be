import { dataOf, Problem } from "@atiende/api";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { useLanguage } from "../../app/useLanguage";
import { ownCaseQuery } from "../cases/session";
import type { Answer, Invitation } from "./link";
import styles from "./Survey.module.css";
import { SurveyForm } from "./SurveyForm";

const ownSurveyQuery = (caseId: string) =>
  queryOptions({
    queryKey: ["own", "survey", caseId],
    queryFn: async (): Promise<Invitation | null> => {
      try {
        return await dataOf(api.surveys.GET("/api/surveys/v1/citizen/cases/{case_id}/survey", { params: { path: { case_id: caseId } } }));
      } catch (error) {
        // Most cases have none yet; it is asked for a moment after a case is resolved.
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) => (state.data === null ? 30_000 : false),
  });

/** The question after a case is resolved, on its own page: nobody needs an address for it. */
export function OwnSurvey({ caseId, isOver }: { caseId: string; isOver: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const client = useQueryClient();
  const survey = useQuery(ownSurveyQuery(caseId)).data;
  const answer = useMutation({
    mutationFn: (body: Answer) =>
      dataOf(api.surveys.POST("/api/surveys/v1/citizen/cases/{case_id}/survey", { params: { path: { case_id: caseId } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ["own", "case", caseId] }),
    onError: (error) => {
      if (error instanceof Problem && error.status === 409) void client.invalidateQueries({ queryKey: ["own", "survey", caseId] });
    },
  });
  // Cases hears of a bad answer a moment later; whoever gave it waits for that on this page.
  useQuery({ ...ownCaseQuery(caseId, language), refetchInterval: 2_000, enabled: isOver && answer.data?.needs_recovery === true });
  const isAsked = isOver && survey && survey.state !== "answered" && !answer.data;
  return (
    <>
      <p role="status" className={styles.thanks}>
        {answer.data ? t(answer.data.needs_recovery ? "survey.ownReopened" : "survey.ownThanks") : ""}
      </p>
      {isAsked ? (
        <section aria-labelledby="encuesta">
          <h2 id="encuesta">{t("survey.title")}</h2>
          <SurveyForm
            question={survey.question[language]}
            minimum={survey.minimum}
            maximum={survey.maximum}
            isSending={answer.isPending}
            error={answer.error}
            onAnswer={(given) => answer.mutate(given)}
          />
        </section>
      ) : null}
    </>
  );
}
