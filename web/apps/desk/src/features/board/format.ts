import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "../../data/city";

export interface Figures {
  number: (value: number) => string;
  /** A share between 0 and 1. */
  percent: (share: number) => string;
  decimal: (value: number) => string;
  /** "45 s", "12 min", "2 h 05 min", "3 d 4 h". */
  span: (seconds: number) => string;
  time: (instant: string | number) => string;
  /** "14:05" today, with the day otherwise. */
  moment: (instant: string | number) => string;
  /** The full date and time. */
  full: (instant: string | number) => string;
  date: (day: string) => string;
}

/** Figures and times in the reader's language and the city's time zone, wherever the computer stands. */
export function useFigures(): Figures {
  const { i18n } = useTranslation();
  const zone = useTimeZone();
  return useMemo(() => figures(i18n.language === "en" ? "en" : "es-CO", zone), [i18n.language, zone]);
}

export function figures(locale: string, timeZone: string, now: () => number = Date.now): Figures {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
  const decimal = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(locale, { timeZone, hour: "numeric", minute: "2-digit" });
  const near = new Intl.DateTimeFormat(locale, { timeZone, weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
  const full = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "long", timeStyle: "short" });
  const day = new Intl.DateTimeFormat("en-CA", { timeZone });
  // A calendar day has no zone: read as UTC it stays the day that it is.
  const date = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "short", day: "numeric", month: "long", year: "numeric" });
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    decimal: (value) => decimal.format(value),
    span,
    time: (instant) => time.format(new Date(instant)),
    moment: (instant) => (day.format(new Date(instant)) === day.format(now()) ? time : near).format(new Date(instant)),
    full: (instant) => full.format(new Date(instant)),
    date: (given) => date.format(new Date(`${given}T00:00:00Z`)),
  };
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** The units are the same in Spanish and English. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  const [size, part, name, rest] = whole < DAY ? [HOUR, MINUTE, "h", "min"] : [DAY, HOUR, "d", "h"];
  const left = Math.floor((whole % size) / part);
  const shown = rest === "min" ? String(left).padStart(2, "0") : String(left);
  return left === 0 ? `${Math.floor(whole / size)} ${name}` : `${Math.floor(whole / size)} ${name} ${shown} ${rest}`;
}
