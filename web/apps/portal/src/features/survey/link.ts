import { dataOf, Problem, type SurveysSchemas } from "@atiende/api";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";

export type Invitation = SurveysSchemas["schemas"]["InvitationPage"];
export type Answer = SurveysSchemas["schemas"]["LinkAnswer"];
export type Taken = SurveysSchemas["schemas"]["Taken"];

/** `<city>.<random>`, as surveys makes them; anything else is not worth a question. */
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** The token of a link. It stands behind the #, which a browser sends to nobody. */
export function readToken(fragment: string): string {
  // A mail program may take the full stop of the sentence for a part of the address.
  const token = fragment.replace(/^#/, "").replace(/[.,;)]+$/, "");
  return token.length <= 200 && TOKEN.test(token) ? token : "";
}

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ["survey", token],
    queryFn: async (): Promise<Invitation | null> => {
      try {
        return await dataOf(api.surveys.GET("/api/surveys/v1/public/invitation", { params: { header: { "X-Survey-Token": token } } }));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    enabled: token !== "",
    // What is being answered must not change under the person who answers.
    refetchOnWindowFocus: false,
  });

export function answerSurvey(token: string, answer: Answer): Promise<Taken> {
  return dataOf(api.surveys.POST("/api/surveys/v1/public/response", { params: { header: { "X-Survey-Token": token } }, body: answer }));
}
