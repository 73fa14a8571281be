import { dataOf } from "@atiende/api";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import type { Role } from "../../auth/context";
import { textOf, type Content } from "../admin/content";

/** Those who move other people's work. */
export const MANAGERS: readonly Role[] = ["supervisor", "unit_manager", "admin"];

/** What the city has configured and is in force, for names of units, skills and procedures. */
export const releaseOptions = queryOptions({
  queryKey: ["release"],
  queryFn: async () => {
    const release = await dataOf(api.catalog.GET("/api/catalog/v1/release"));
    return { version: release.version, content: release.content as unknown as Content };
  },
  staleTime: 300_000,
});

/** Names of the city's skills by id. */
export function useSkillNames(): ReadonlyMap<string, string> {
  const { i18n } = useTranslation();
  const release = useQuery(releaseOptions);
  return new Map(Object.entries(release.data?.content.skills ?? {}).map(([id, skill]) => [id, textOf(skill.name, i18n.language)]));
}

/** Names of the city's units by id. */
export function useUnitNames(): ReadonlyMap<string, string> {
  const { i18n } = useTranslation();
  const release = useQuery(releaseOptions);
  return new Map(Object.entries(release.data?.content.units ?? {}).map(([id, unit]) => [id, textOf(unit.name, i18n.language)]));
}
