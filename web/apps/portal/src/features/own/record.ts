import { dataOf, type CasesSchemas } from "@atiende/api";
import type { Language } from "@atiende/ui";
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";

export type Preferences = CasesSchemas["schemas"]["Preferences"];
export type Point = CasesSchemas["schemas"]["OwnPoint"];
export type Correction = CasesSchemas["schemas"]["CorrectionBody"];
export type Deletion = CasesSchemas["schemas"]["Deletion"];

export const preferencesQuery = queryOptions({
  queryKey: ["own", "preferences"],
  queryFn: () => dataOf(api.cases.GET("/api/cases/v1/citizen/preferences")),
});

export const deletionQuery = (language: Language) =>
  queryOptions({
    queryKey: ["own", "deletion", language],
    queryFn: () => dataOf(api.cases.GET("/api/cases/v1/citizen/data/deletion", { params: { query: { language } } })),
  });

export function correct(body: Partial<Correction>): Promise<Preferences> {
  return dataOf(api.cases.PATCH("/api/cases/v1/citizen/data", { body: { remove_contact_points: [], ...body } }));
}

export function askDeletion(language: Language): Promise<Deletion> {
  return dataOf(api.cases.POST("/api/cases/v1/citizen/data/deletion", { params: { query: { language } }, body: { confirm: true } }));
}

/** Everything that the city holds of one, as a file of this device. */
export async function takeAlong(): Promise<void> {
  const answer = await api.raw("/api/cases/v1/citizen/data");
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = "mis-datos.json";
  link.click();
  URL.revokeObjectURL(address);
}
