import { useTranslation } from "react-i18next";
import { useTimeZone } from "../data/city";
import { fullTime, shortTime } from "../format/time";
import { useNow } from "../format/useNow";

/** An instant, short to read and complete in its title. */
export function Time({ time }: { time: string }) {
  const { i18n } = useTranslation();
  const timeZone = useTimeZone();
  const now = useNow();
  return (
    <time dateTime={time} title={fullTime(time, i18n.language, timeZone)}>
      {shortTime(time, now, i18n.language, timeZone)}
    </time>
  );
}
