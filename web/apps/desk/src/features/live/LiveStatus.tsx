import { IconOffline } from "@atiende/ui";
import { Button, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../data/cases";
import classes from "./LiveStatus.module.css";
import { liveState, onChanges, reconnect, startLive, watchLive } from "./stream";

const GRACE_MS = 1_500;
/** Numbers are asked again this long after a change, however many follow it. */
const COUNT_MS = 2_000;

/** Follows the changes while the desk is open, and says so when it cannot. */
export function LiveStatus() {
  const { t } = useTranslation();
  const state = useSyncExternalStore(watchLive, liveState);
  const [shown, setShown] = useState(false);
  useFollowing();
  useEffect(() => {
    // A connection that is renewed in passing is nobody's worry.
    const timer = setTimeout(() => setShown(state === "lost"), state === "lost" ? GRACE_MS : 0);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div role="status" className={classes.status} hidden={!shown}>
      {shown ? (
        <>
          <IconOffline size={18} />
          <Text size="sm" className={classes.text}>
            {t("live.lost")}
          </Text>
          <Button size="compact-sm" variant="default" onClick={reconnect}>
            {t("live.retry")}
          </Button>
        </>
      ) : null}
    </div>
  );
}

/** Keeps open cases and the numbers of the views true; lists look after themselves. */
function useFollowing(): void {
  const client = useQueryClient();
  useEffect(() => {
    const stop = startLive();
    let counting: ReturnType<typeof setTimeout> | undefined;
    const count = () => {
      counting = undefined;
      void client.invalidateQueries({ queryKey: caseQueries.counts().queryKey });
    };
    const forget = onChanges((batch) => {
      counting ??= setTimeout(count, COUNT_MS);
      if (batch === null) {
        void client.invalidateQueries({ queryKey: ["case"] });
        void client.invalidateQueries({ queryKey: ["citizen"] });
        return;
      }
      for (const change of batch) void client.invalidateQueries({ queryKey: ["case", change.case_id] });
    });
    return () => {
      clearTimeout(counting);
      forget();
      stop();
    };
  }, [client]);
}
