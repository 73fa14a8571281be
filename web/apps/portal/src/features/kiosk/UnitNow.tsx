import { ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../app/useFormat";
import { useKioskUnit } from "./mode";
import { unitQuery } from "./queries";

/** Which unit this is, whether it attends now and how many are before one. */
export function UnitNow() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const found = useQuery(unitQuery(useKioskUnit(), i18n.language));
  if (found.error) return <ProblemAlert error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <p role="status">{t("common.loading")}</p>;
  const { unit_name: name, open_now: isOpen, next_opening: opening } = found.data;
  return (
    <p>
      <strong>{name}.</strong>{" "}
      {isOpen ? t("kiosk.open") : opening ? t("kiosk.closedUntil", { when: format.dateTime(opening) }) : t("kiosk.closed")}
    </p>
  );
}
