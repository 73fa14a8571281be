import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { watchIdle } from "./idle";
import styles from "./Kiosk.module.css";
import { endSession } from "./wipe";

/** Ends the session of a person who went away; any touch within the countdown keeps it. */
export function IdleGuard({ onOver = endSession }: { onOver?: () => Promise<void> }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [left, setLeft] = useState<number | null>(null);
  const [isOver, setOver] = useState(false);
  useEffect(
    () => watchIdle({ left: setLeft, over: () => { setOver(true); void onOver(); } }),
    [onOver],
  );
  const isShown = left !== null || isOver;
  useEffect(() => {
    const element = dialog.current;
    if (isShown && !element?.open) element?.showModal();
    else if (!isShown && element?.open) element.close();
  }, [isShown]);
  return (
    <dialog ref={dialog} className={styles.countdown} role="alertdialog" aria-labelledby="kiosco-sigue" aria-describedby="kiosco-borra">
      <h2 id="kiosco-sigue">{t(isOver ? "kiosk.wiping" : "kiosk.stillThere")}</h2>
      <p id="kiosco-borra">{t("kiosk.wipes")}</p>
      {isOver ? null : (
        <>
          <p className={styles.seconds} role="timer" aria-live="off">
            {t("kiosk.secondsLeft", { count: left ?? 0 })}
          </p>
          <button type="button" className={styles.big}>
            {t("kiosk.goOn")}
          </button>
        </>
      )}
    </dialog>
  );
}
