import { dataOf } from "@atiende/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { wordsOf } from "../../app/problems";
import { say, sayFailed } from "../../app/toasts";
import { useSession } from "../../auth/context";
import { caseQueries } from "../../data/cases";
import { showAnswer, showChange } from "../../data/patches";
import type { CaseView } from "../../data/types";

/** Takes a case: shown as taken at once, given back when somebody else was first. */
export function useClaim(): (row: CaseView) => void {
  const { t } = useTranslation();
  const client = useQueryClient();
  const session = useSession();
  const { mutate } = useMutation({
    mutationFn: ({ case_id }: CaseView) =>
      dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/claim", { params: { path: { case_id } } })),
    onMutate: async (row) => {
      const undo = showChange(client, row.case_id, { assignee_id: session.subject, assignee_name: session.name });
      await client.cancelQueries({ queryKey: ["case", row.case_id] });
      return undo;
    },
    onSuccess: (answer) => {
      showAnswer(client, answer);
      say(t("case.claim.done", { folio: answer.folio }));
    },
    onError: (error, row, undo) => {
      undo?.();
      sayFailed(`${row.folio}: ${wordsOf(error)}`);
    },
    onSettled: (_answer, _error, row) => {
      void client.invalidateQueries({ queryKey: ["case", row.case_id] });
      void client.invalidateQueries({ queryKey: caseQueries.counts().queryKey });
    },
  });
  return useCallback(
    (row: CaseView) => {
      if (row.assignee_id === session.subject) say(t("case.claim.already", { folio: row.folio }));
      else if (row.assignee_id) sayFailed(t("case.claim.other", { folio: row.folio, name: row.assignee_name }));
      else mutate(row);
    },
    [mutate, session.subject, t],
  );
}
