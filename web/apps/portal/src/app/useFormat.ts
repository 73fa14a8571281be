import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCity } from "./city";

/** Until the city has told its own. */
const TIME_ZONE = "America/Bogota";

export interface Format {
  date: (instant: string) => string;
  dateTime: (instant: string) => string;
  time: (instant: string) => string;
  /** "hoy, 14:05" today, with the day otherwise. */
  when: (instant: string) => string;
  number: (value: number) => string;
  /** A span in words, rounded to what matters: "3 minutos", "2 horas", "4 días". */
  span: (seconds: number) => string;
  size: (bytes: number) => string;
}

/** Dates and numbers in the visitor's language and the city's time, wherever the device is. */
export function useFormat(): Format {
  const { i18n, t } = useTranslation();
  const zone = useCity().data?.timezone ?? TIME_ZONE;
  return useMemo(() => format(i18n.language === "en" ? "en" : "es-CO", zone, t("format.today")), [i18n.language, zone, t]);
}

export function format(locale: string, timeZone: string, today: string): Format {
  const date = new Intl.DateTimeFormat(locale, { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const time = new Intl.DateTimeFormat(locale, { timeZone, hour: "numeric", minute: "2-digit" });
  const dateTime = new Intl.DateTimeFormat(locale, {
    timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit",
  });
  const day = new Intl.DateTimeFormat("en-CA", { timeZone });
  const short = new Intl.DateTimeFormat(locale, { timeZone, day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" });
  const number = new Intl.NumberFormat(locale);
  return {
    date: (instant) => date.format(new Date(instant)),
    dateTime: (instant) => whole(dateTime.format(new Date(instant))),
    time: (instant) => whole(time.format(new Date(instant))),
    when: (instant) =>
      whole(day.format(new Date(instant)) === day.format(new Date()) ? `${today}, ${time.format(new Date(instant))}` : short.format(new Date(instant))),
    number: (value) => number.format(value),
    span: (seconds) => span(locale, seconds),
    size: (bytes) => size(locale, bytes),
  };
}

/** Keeps "7:37 p. m." on one line. */
function whole(text: string): string {
  return text.replace(/\s([ap])\.\s?m\./i, "\u00a0$1.\u00a0m.");
}

function span(locale: string, seconds: number): string {
  const [value, unit] =
    seconds < 90 ? [Math.max(1, Math.round(seconds / 60)), "minute"]
    : seconds < 5400 ? [Math.round(seconds / 60), "minute"]
    : seconds < 129_600 ? [Math.round(seconds / 3600), "hour"]
    : [Math.round(seconds / 86_400), "day"];
  return unitFormat(locale, unit as string, 0).format(value as number);
}

function size(locale: string, bytes: number): string {
  return bytes < 1_000_000
    ? unitFormat(locale, "kilobyte", 0).format(Math.max(1, bytes / 1000))
    : unitFormat(locale, "megabyte", 1).format(bytes / 1_000_000);
}

function unitFormat(locale: string, unit: string, digits: number): Intl.NumberFormat {
  const isSize = unit.endsWith("byte");
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: isSize ? "short" : "long", maximumFractionDigits: digits });
}
