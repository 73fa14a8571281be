import type { CatalogSchemas } from "@atiende/api";

export type Office = CatalogSchemas["schemas"]["OfficeView"];
type Day = Office["hours"][number];

/** Days in a row that are alike, said once: "Lunes a jueves". */
export interface DayGroup {
  first: Day["weekday"];
  last: Day["weekday"];
  spans: Day["spans"];
}

export function groupedHours(days: readonly Day[]): DayGroup[] {
  const groups: DayGroup[] = [];
  for (const { weekday, spans } of days) {
    const before = groups.at(-1);
    if (before && same(before.spans, spans)) before.last = weekday;
    else groups.push({ first: weekday, last: weekday, spans });
  }
  return groups;
}

function same(one: Day["spans"], other: Day["spans"]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** "07:30" as people of a language write it. */
export function clock(locale: string, text: string): string {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  const said = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(new Date(Date.UTC(2000, 0, 1, hour, minute)));
  return said.replace(/\s/g, "\u00a0");
}
