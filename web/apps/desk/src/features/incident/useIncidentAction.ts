import { useMutation, useQueryClient } from "@tanstack/react-query";
import { say } from "../../app/toasts";
import { caseQueries } from "../../data/cases";
import { incidentQueries } from "./queries";

/** Something done to an incident; what shows it asks again. */
export function useIncidentAction<Input, Answer>(run: (input: Input) => Promise<Answer>, done?: (answer: Answer) => string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: (answer) => {
      if (done) say(done(answer));
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: incidentQueries.all() });
      void client.invalidateQueries({ queryKey: ["case"] });
      void client.invalidateQueries({ queryKey: caseQueries.lists() });
      void client.invalidateQueries({ queryKey: caseQueries.counts().queryKey });
    },
  });
}
