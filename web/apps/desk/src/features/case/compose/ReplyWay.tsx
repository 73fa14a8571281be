import { IconAlert, IconClock } from "@atiende/ui";
import { NativeSelect, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTimeZone } from "../../../data/city";
import type { ReplyOption } from "../../../data/types";
import { fullTime, shortTime } from "../../../format/time";
import { useNow } from "../../../format/useNow";
import classes from "./Composer.module.css";
import { isOpen } from "./ways";

interface Props {
  options: readonly ReplyOption[];
  way: ReplyOption | undefined;
  onChange: (channel: string) => void;
}

/** By which channel an answer goes: each that is open, and for each that is not the reason. */
export function WaySelect({ options, way, onChange }: Props) {
  const { t } = useTranslation();
  const open = options.filter(isOpen);
  return (
    <NativeSelect
      size="xs"
      aria-label={t("case.write.channel")}
      value={way?.channel ?? ""}
      data={open.map((one) => ({ value: one.channel, label: [t(`channel.${one.channel}`), one.address].filter(Boolean).join(" · ") }))}
      disabled={open.length === 0}
      onChange={({ currentTarget: { value } }) => onChange(value)}
    />
  );
}

/** What the chosen channel allows now, and why the others are shut. */
export function WayLimits({ options, way }: Omit<Props, "onChange">) {
  const { t, i18n } = useTranslation();
  const shut = options.filter((one) => !isOpen(one));
  const because = (one: ReplyOption) => one.reason_text[i18n.language] ?? one.reason_text["es"];
  return (
    <div className={classes.limits}>
      {way ? null : (
        <Text size="xs" className={classes.warning}>
          <IconAlert size={14} /> {t("case.way.none")}
        </Text>
      )}
      {way?.channel === "whatsapp" ? <Window way={way} /> : null}
      {shut.length > 0 ? (
        <details className={classes.shut}>
          <summary>{t("case.way.shut", { count: shut.length })}</summary>
          <ul>
            {shut.map((one) => (
              <li key={one.channel}>
                <strong>{t(`channel.${one.channel}`)}:</strong> {because(one)}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}

/** WhatsApp takes free text for a day after the person's last message, then templates only. */
function Window({ way }: { way: ReplyOption }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const now = useNow();
  if (!way.allowed) {
    return (
      <Text size="xs" className={classes.warning}>
        <IconAlert size={14} /> {way.reason_text[i18n.language] ?? way.reason_text["es"]}
      </Text>
    );
  }
  if (!way.window_end_time) return null;
  const time = shortTime(way.window_end_time, now, i18n.language, timeZone);
  return (
    <Text size="xs" className={classes.window} title={fullTime(way.window_end_time, i18n.language, timeZone)}>
      <IconClock size={14} /> {t("case.way.window", { time })}
    </Text>
  );
}
