import { dataOf, type CasesSchemas } from "@atiende/api";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Language } from "@atiende/ui";
import { api } from "../../app/api";

export type Figure = CasesSchemas["schemas"]["FigureView"];
export type Measure = CasesSchemas["schemas"]["MeasureView"];

export const PERIODS = [30, 90, 365] as const;
export type Period = (typeof PERIODS)[number];

/** What a line of the table stands for. */
export const VIEWS = ["unidad", "tramite", "todo"] as const;
export type View = (typeof VIEWS)[number];

export const MEASURES = ["first_answer", "resolution"] as const;
export type MeasureName = (typeof MEASURES)[number];

export const figuresQuery = (days: Period) =>
  queryOptions({
    queryKey: ["figures", days],
    queryFn: () => dataOf(api.cases.GET("/api/cases/v1/public/figures", { params: { query: { days: `${days}` } } })),
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  });

/** Where the file of the same period is. */
export function fileAddress(days: Period): string {
  return `/api/cases/v1/public/figures/cases.csv?days=${days}`;
}

/** The line of the whole city. */
export function cityOf(figures: readonly Figure[]): Figure | undefined {
  return figures.find((one) => one.unit_id === null && one.procedure === null);
}

/** The lines of a view, the busiest first. */
export function linesOf(figures: readonly Figure[], view: View): Figure[] {
  const wanted = (one: Figure) =>
    (one.unit_id !== null) === (view !== "tramite") && (one.procedure !== null) === (view !== "unidad");
  return figures.filter(wanted).sort((one, other) => other.cases - one.cases || nameOf(one, "es").localeCompare(nameOf(other, "es"), "es"));
}

export function nameOf(figure: Figure, language: Language): string {
  return [figure.procedure_name?.[language] ?? figure.procedure, figure.unit_name?.[language] ?? figure.unit_id].filter(Boolean).join(" · ");
}

/** Procedures that have no line of their own: too few cases. */
export function withoutLine<T extends { code: string }>(procedures: readonly T[], figures: readonly Figure[]): T[] {
  const shown = new Set(figures.map((one) => one.procedure));
  return procedures.filter((one) => !shown.has(one.code));
}

const PARTS = [["day", 86_400], ["hour", 3600], ["minute", 60]] as const;

/** A span of whole minutes without rounding: "2 días 4 h 10 min". The file has the same number in seconds. */
export function exactSpan(locale: string, seconds: number): string {
  let rest = seconds;
  const told = PARTS.flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [shortUnit(locale, unit).format(count)] : [];
  });
  return told.length > 0 ? told.join(" ") : shortUnit(locale, "minute").format(0);
}

/** A scale for bars that all use one unit: days, hours or minutes, by the longest span. */
export function scaleOf(locale: string, seconds: readonly (number | null)[]): { size: number; format: (value: number) => string } {
  const most = Math.max(0, ...seconds.map((one) => one ?? 0));
  const [unit, size] = PARTS.find(([, one]) => most >= 2 * one) ?? PARTS[2];
  const format = shortUnit(locale, unit);
  return { size, format: (value) => format.format(value) };
}

/** A line's name in the room of a chart: of a department, what sets it apart. */
export function shortNameOf(figure: Figure, language: Language): string {
  const unit = figure.unit_name?.[language].split(" – ").at(-1);
  return [figure.procedure_name?.[language] ?? figure.procedure, unit].filter(Boolean).join(" · ");
}

function shortUnit(locale: string, unit: string): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 });
}
