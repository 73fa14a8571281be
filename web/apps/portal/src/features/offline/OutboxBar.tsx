import { Button } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon, type IconName } from "../../app/Icon";
import { useOnline } from "../../app/useOnline";
import { useSendings, waitsForNetwork, type Sending } from "../form/outbox";
import { useReceipt } from "../form/useReceipt";
import styles from "./Offline.module.css";

const SIGNS: Record<Sending["state"], IconName> = { busy: "clock", waiting: "offline", refused: "alert", taken: "check" };

/** Forms that are on their way, said on every page but their own. */
export function OutboxBar() {
  const sendings = useSendings();
  const here = useLocation({ select: (location) => location.pathname });
  const others = [...sendings.values()].filter(({ draft }) => here !== `/tramites/${draft.code}/iniciar`);
  return (
    <div role="status">
      {others.map((one) => (
        <SendingLine key={one.draft.key} sending={one} />
      ))}
    </div>
  );
}

function SendingLine({ sending }: { sending: Sending }) {
  const { t } = useTranslation();
  const isOnline = useOnline();
  const showReceipt = useReceipt();
  const { draft, state } = sending;
  const key = state === "waiting" && !waitsForNetwork(sending, isOnline) ? "later" : state;
  return (
    <div className={styles.bar}>
      <div className="wrap">
        <Icon name={SIGNS[state]} size={24} />
        <p>{t(`offline.form.${key}`, { name: draft.procedureName })}</p>
        {state === "taken" ? (
          <Button size="sm" onClick={() => void showReceipt(draft, sending.receipt)}>{t("offline.receipt")}</Button>
        ) : state === "busy" ? null : (
          <Link to="/tramites/$code/iniciar" params={{ code: draft.code }} className="link tap">{t(state === "refused" ? "offline.mend" : "offline.see")}</Link>
        )}
      </div>
    </div>
  );
}
