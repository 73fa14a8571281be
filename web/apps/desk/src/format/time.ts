const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its largest whole unit: "3 horas", "1 día"; less than a minute is "1 minuto". */
export function spanInWords(milliseconds: number, language: string): string {
  const span = Math.abs(milliseconds);
  const [amount, unit] =
    span < 90 * MINUTE
      ? [Math.max(1, Math.round(span / MINUTE)), "minute"]
      : span < 36 * HOUR
        ? [Math.round(span / HOUR), "hour"]
        : [Math.round(span / DAY), "day"];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(amount);
}

export type Urgency = "overdue" | "soon" | "later";

/** How pressing a time limit is; `overdue` as the service said, or as its time passes here. */
export function urgencyOf(due: string, now: number, saidOverdue = false): Urgency {
  const left = Date.parse(due) - now;
  if (saidOverdue || left <= 0) return "overdue";
  return left <= 8 * HOUR ? "soon" : "later";
}

/** "14:05" today, "mar 14:05" within a week, "3 nov" within the year, "3 nov 2025" before. */
export function shortTime(time: string, now: number, language: string, timeZone: string): string {
  const at = new Date(time);
  const sameDay = dayOf(time, timeZone) === dayOf(new Date(now).toISOString(), timeZone);
  if (sameDay) return format(at, language, { hour: "2-digit", minute: "2-digit", timeZone });
  const age = Math.abs(now - at.getTime());
  if (age < 6 * DAY) return format(at, language, { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone });
  const year = age < 300 * DAY ? undefined : ("numeric" as const);
  return format(at, language, { day: "numeric", month: "short", year, timeZone });
}

/** "martes, 3 de noviembre de 2026, 14:05": nothing left to guess. */
export function fullTime(time: string, language: string, timeZone: string): string {
  return format(new Date(time), language, { dateStyle: "full", timeStyle: "short", timeZone });
}

export function clockTime(time: string, language: string, timeZone: string): string {
  return format(new Date(time), language, { hour: "2-digit", minute: "2-digit", timeZone });
}

/** The calendar day of an instant in the city, as "2026-11-03": equal texts are the same day. */
export function dayOf(time: string, timeZone: string): string {
  return format(new Date(time), "sv-SE", { dateStyle: "short", timeZone });
}

const formats = new Map<string, Intl.DateTimeFormat>();

// A formatter costs more than what it formats; a list of thousands of rows shares a few.
function format(date: Date, language: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${language}${JSON.stringify(options)}`;
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(language, options);
    formats.set(key, known);
  }
  return known.format(date);
}
