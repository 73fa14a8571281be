import { IconAlert } from "@atiende/ui";
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { wordsOf } from "../../app/problems";
import type { Outgoing } from "../drafts/drafts";
import { attempt, failureOf, isRunning, takeBack, watchSending } from "./sending";
import classes from "./Timeline.module.css";

/** A message on its way; when it did not get there its text is still here, with what to do. */
export function OutgoingLine({ caseId, outgoing }: { caseId: string; outgoing: Outgoing }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const running = useSyncExternalStore(watchSending, () => isRunning(outgoing.key));
  const failure = useSyncExternalStore(watchSending, () => failureOf(outgoing.key));
  useEffect(() => {
    // Left from before a reload, or waiting for the network: the key makes trying again harmless.
    const again = () => void attempt(client, caseId, outgoing);
    if (!isRunning(outgoing.key) && !failureOf(outgoing.key)) again();
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [client, caseId, outgoing]);
  return (
    <li className={classes.message} data-direction={outgoing.kind === "note" ? "note" : "outbound"}>
      <p className={classes.text}>{outgoing.text}</p>
      {outgoing.files.length > 0 ? <p className={classes.state}>{outgoing.files.map((file) => file.name).join(", ")}</p> : null}
      <div className={classes.state} data-bad={failure !== undefined} role="status">
        {failure ? <IconAlert size={14} /> : null}
        {failure ? t("case.unsent", { why: wordsOf(failure) }) : t("case.sending")}
      </div>
      {failure && !running ? (
        <div className={classes.state}>
          <Button size="compact-sm" onClick={() => void attempt(client, caseId, outgoing)}>
            {t("common.retry")}
          </Button>
          {failure.isTemporary ? null : (
            <Button size="compact-sm" variant="default" onClick={() => takeBack(caseId, outgoing)}>
              {t("case.editText")}
            </Button>
          )}
        </div>
      ) : null}
    </li>
  );
}
