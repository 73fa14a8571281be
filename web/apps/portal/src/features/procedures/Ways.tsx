import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import { Icon } from "../../app/Icon";
import { wayIcon } from "./groups";
import type { Procedure } from "./queries";
import styles from "./Procedure.module.css";

/** Ways without an address of their own: words say how. */
const HELPED = new Set(["portal", "webchat", "open311", "kiosk"]);

/** By which ways it can be asked for, each with the way there; one of them needs no screen. */
export function Ways({ procedure }: { procedure: Procedure }) {
  const { t } = useTranslation();
  const city = useCity().data;
  const digits = (text: string) => text.replace(/[^\d+]/g, "");
  const there: Partial<Record<string, ReactNode>> = {
    ...(procedure.online
      ? { portal: <Link className="link tap" to="/tramites/$code/iniciar" params={{ code: procedure.code }}>{t("procedure.way.startHere")}</Link> }
      : {}),
    ...(city
      ? {
          whatsapp: <a className="link tap" href={`https://wa.me/${digits(city.whatsapp).replace("+", "")}`} rel="noopener noreferrer">{city.whatsapp}</a>,
          email: <a className="link tap" href={`mailto:${city.email}`}>{city.email}</a>,
          phone: <a className="link tap" href={`tel:${digits(city.phone)}`}>{city.phone}</a>,
        }
      : {}),
    counter: <a className="link tap" href="#oficinas">{t("procedure.way.seeOffices")}</a>,
  };
  return (
    <ul className={`plain-list ${styles.ways}`}>
      {procedure.channels.map((way) => (
        <li key={way}>
          <Icon name={wayIcon(way)} size={24} />
          <div>
            <strong>{t(`procedure.way.${way}`)}</strong>
            {there[way] ?? (HELPED.has(way) ? <span>{t(`procedure.wayHelp.${way}`)}</span> : null)}
          </div>
        </li>
      ))}
    </ul>
  );
}
