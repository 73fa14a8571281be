import { ProblemAlert } from "@atiende/ui";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { PageHeading } from "../../app/PageHeading";
import styles from "./Kiosk.module.css";
import { useKioskUnit } from "./mode";
import { takeTurn, unitQuery } from "./queries";
import { Ticket } from "./Ticket";

/** Takes a turn: general, or preferential for whom the law puts first. */
export function TurnPage() {
  const { t, i18n } = useTranslation();
  const given = useKioskUnit();
  const unit = useQuery(unitQuery(given, i18n.language));
  const id = given || unit.data?.unit_id;
  // A second touch is the same turn.
  const keys = useRef({ general: crypto.randomUUID(), preferential: crypto.randomUUID() });
  const taking = useMutation({ mutationFn: (isPreferential: boolean) => takeTurn(id ?? "", isPreferential, keys.current[isPreferential ? "preferential" : "general"]) });
  if (taking.data) return <Ticket taken={taking.data} />;
  const take = (isPreferential: boolean) => {
    if (id && !taking.isPending) taking.mutate(isPreferential);
  };
  return (
    <div className="wrap page">
      <PageHeading>{t("kiosk.turn")}</PageHeading>
      {taking.error ? <ProblemAlert error={taking.error} /> : null}
      {unit.error ? <ProblemAlert error={unit.error} onRetry={() => void unit.refetch()} /> : null}
      <p role="status">{taking.isPending ? t("kiosk.taking") : ""}</p>
      <ul className={`plain-list ${styles.choices}`}>
        <li>
          <button type="button" onClick={() => take(false)}>
            <Icon name="ticket" size={48} />
            <span>
              <strong>{t("kiosk.general")}</strong>
            </span>
          </button>
        </li>
        <li>
          <button type="button" onClick={() => take(true)}>
            <Icon name="person" size={48} />
            <span>
              <strong>{t("kiosk.preferential")}</strong>
              <small>{t("kiosk.preferentialHelp")}</small>
            </span>
          </button>
        </li>
      </ul>
      <Link to="/kiosco" className="link tap">
        {t("common.back")}
      </Link>
    </div>
  );
}
