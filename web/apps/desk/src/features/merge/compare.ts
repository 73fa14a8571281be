import type { TFunction } from "i18next";
import type { CaseView } from "../../data/types";

export interface Compared {
  name: string;
  one: string;
  other: string;
}

/** What tells two requests apart, line by line; what neither of them says is left out. */
export function rowsOf(one: CaseView, other: CaseView, t: TFunction, shown: (time: string) => string): Compared[] {
  const facts: [string, (row: CaseView) => string][] = [
    ["merge.row.person", (row) => row.citizen_name],
    ["merge.row.text", (row) => [row.subject, row.description].filter(Boolean).join(" — ")],
    ["merge.row.place", placeOf],
    ["merge.row.channel", (row) => t(`channel.${row.opened_channel ?? row.channel}`)],
    ["merge.row.procedure", (row) => row.procedure_name],
    ["merge.row.unit", (row) => row.unit_name],
    ["merge.row.state", (row) => row.state_name],
    ["merge.row.assignee", (row) => row.assignee_name],
    ["merge.row.opened", (row) => shown(row.open_time)],
    ["merge.row.due", (row) => shown(row.due_time)],
    ["merge.row.duplicates", (row) => (row.merged > 0 ? String(row.merged) : "")],
  ];
  return facts
    .map(([name, read]) => ({ name: t(name), one: read(one), other: read(other) }))
    .filter((row) => row.one || row.other)
    .map((row) => ({ ...row, one: row.one || "–", other: row.other || "–" }));
}

function placeOf({ place }: CaseView): string {
  if (!place) return "";
  if (place.address) return place.address;
  return place.latitude === null || place.longitude === null ? "" : `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
}
