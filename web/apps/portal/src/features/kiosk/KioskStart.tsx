import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "../../app/Icon";
import { PageHeading } from "../../app/PageHeading";
import styles from "./Kiosk.module.css";
import { UnitNow } from "./UnitNow";
import { emptyDatabases } from "./wipe";

/** What a person at the kiosk may do. */
export function KioskStart() {
  const { t } = useTranslation();
  // Once more: a page that was left may have saved its draft while it went.
  useEffect(() => void emptyDatabases(), []);
  return (
    <div className="wrap page">
      <PageHeading>{t("kiosk.title")}</PageHeading>
      <UnitNow />
      <ul className={`plain-list ${styles.choices}`}>
        <Choice to="/kiosco/turno" icon="ticket" name={t("kiosk.turn")} help={t("kiosk.turnHelp")} />
        <Choice to="/tramites" icon="document" name={t("kiosk.procedures")} help={t("kiosk.proceduresHelp")} />
        <Choice to="/seguimiento" icon="list" name={t("kiosk.follow")} help={t("kiosk.followHelp")} />
        <Choice to="/preguntas" icon="info" name={t("kiosk.faq")} help={t("kiosk.faqHelp")} />
      </ul>
    </div>
  );
}

function Choice({ to, icon, name, help }: { to: "/kiosco/turno" | "/tramites" | "/seguimiento" | "/preguntas"; icon: IconName; name: string; help: string }) {
  return (
    <li>
      <Link to={to}>
        <Icon name={icon} size={48} />
        <span>
          <strong>{name}</strong>
          <small>{help}</small>
        </span>
      </Link>
    </li>
  );
}
