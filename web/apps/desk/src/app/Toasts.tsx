import { IconAlert, IconCheckCircle, IconX } from "@atiende/ui";
import { ActionIcon, Button } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { closeToast, currentToasts, watchToasts } from "./toasts";
import classes from "./Toasts.module.css";

export function Toasts() {
  const { t } = useTranslation();
  const toasts = useSyncExternalStore(watchToasts, currentToasts);
  return (
    <div className={classes.toasts} role="status" aria-live="polite">
      {toasts.map((toast) => {
        const Picture = toast.tone === "failed" ? IconAlert : IconCheckCircle;
        return (
          <div key={toast.id} className={classes.toast} data-tone={toast.tone}>
            <Picture size={18} />
            <span className={classes.text}>{toast.text}</span>
            {toast.action ? (
              <Button size="compact-sm" variant="white" onClick={toast.action.run}>
                {toast.action.label}
              </Button>
            ) : null}
            <ActionIcon variant="transparent" color="white" size="sm" aria-label={t("common.close")} onClick={() => closeToast(toast.id)}>
              <IconX size={16} />
            </ActionIcon>
          </div>
        );
      })}
    </div>
  );
}
