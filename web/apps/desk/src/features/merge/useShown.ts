import { useTranslation } from "react-i18next";
import { useTimeZone } from "../../data/city";
import { fullTime } from "../../format/time";

/** Times as text, in the city's zone and the reader's language. */
export function useShown(): (time: string) => string {
  const { i18n } = useTranslation();
  const zone = useTimeZone();
  return (time) => fullTime(time, i18n.language, zone);
}
