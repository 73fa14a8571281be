import { dataOf, type AdminSchemas } from "@atiende/api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "../../app/api";
import type { Role } from "../../auth/context";

export type Person = AdminSchemas["schemas"]["PersonView"];
export type Profile = Omit<AdminSchemas["schemas"]["NewPerson"], "username">;
export const ADMINS: readonly Role[] = ["admin"];
export const STAFF_ROLES = ["agent", "supervisor", "unit_manager", "auditor", "admin"] as const satisfies readonly Role[];

export const peopleKey = ["people"] as const;

export const peopleOptions = (words: string) =>
  queryOptions({
    queryKey: [...peopleKey, "list", words],
    queryFn: async () => (await dataOf(api.admin.GET("/api/admin/v1/people", { params: { query: words ? { words } : {} } }))).items,
    placeholderData: keepPreviousData,
  });

export const personOptions = (id: string) =>
  queryOptions({
    queryKey: [...peopleKey, id],
    queryFn: () => dataOf(api.admin.GET("/api/admin/v1/people/{person_id}", { params: { path: { person_id: id } } })),
  });

export const auditOptions = (id: string) =>
  queryOptions({
    queryKey: [...peopleKey, id, "audit"],
    queryFn: async () => (await dataOf(api.admin.GET("/api/admin/v1/audit", { params: { query: { person_id: id } } }))).items,
  });
