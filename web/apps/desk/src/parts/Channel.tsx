import {
  IconChat, IconCounter, IconGlobe, IconKiosk, IconMail, IconPin, IconWhatsApp, type Icon,
} from "@atiende/ui";
import { useTranslation } from "react-i18next";
import type { ChannelCode } from "../data/types";
import classes from "./parts.module.css";

const ICONS: Record<ChannelCode, Icon> = {
  webchat: IconChat,
  whatsapp: IconWhatsApp,
  email: IconMail,
  open311: IconPin,
  portal: IconGlobe,
  kiosk: IconKiosk,
  counter: IconCounter,
};

/** A channel as picture and word: neither alone is understood by everybody. */
export function Channel({ channel, size = 15 }: { channel: ChannelCode; size?: number }) {
  const { t } = useTranslation();
  const Picture = ICONS[channel];
  return (
    <span className={classes.pair}>
      <Picture size={size} />
      {t(`channel.${channel}`)}
    </span>
  );
}
