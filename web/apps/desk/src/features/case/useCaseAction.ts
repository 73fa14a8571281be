import { Problem } from "@atiende/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { say, sayFailed } from "../../app/toasts";
import { wordsOf } from "../../app/problems";
import { caseQueries } from "../../data/cases";
import { showAnswer, showChange } from "../../data/patches";
import type { CaseDetail, CaseView } from "../../data/types";

interface CaseAction<Input> {
  run: (input: Input) => Promise<CaseView | CaseDetail>;
  /** What is shown at once, before the answer. */
  shown?: (input: Input) => Partial<CaseView>;
  /** Said when it is done. */
  done?: string;
  /** Who shows a refusal beside the fields that were refused shows it itself. */
  quiet?: boolean;
}

/** Something done to a case: shown at once, taken back with an explanation when it is refused. */
export function useCaseAction<Input>(caseId: string, action: CaseAction<Input>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: action.run,
    onMutate: async (input) => {
      if (!action.shown) return undefined;
      // An answer on its way from before would undo what is shown.
      await client.cancelQueries({ queryKey: ["case", caseId] });
      return showChange(client, caseId, action.shown(input));
    },
    onSuccess: (answer) => {
      showAnswer(client, answer);
      if (action.done) say(action.done);
    },
    onError: (error, _, undo) => {
      undo?.();
      if (!action.quiet) sayFailed(wordsOf(error));
    },
    onSettled: (_, error) => {
      const gone = error instanceof Problem && error.status === 404;
      void client.invalidateQueries({ queryKey: ["case", caseId] });
      void client.invalidateQueries({ queryKey: caseQueries.counts().queryKey });
      if (gone) void client.invalidateQueries({ queryKey: caseQueries.lists() });
    },
  });
}
