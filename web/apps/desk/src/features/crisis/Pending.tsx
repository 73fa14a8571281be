import { dataOf } from "@atiende/api";
import { Group, Text, Title } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { hasRole, useSession } from "../../auth/context";
import { ConfirmButton } from "../admin/ConfirmButton";
import { useFigures } from "../board/format";
import classes from "./crisis.module.css";
import { Effects } from "./Effects";
import { ASKERS, CONFIRMERS, useRefreshCrisis, type CrisisRequest } from "./queries";

/** What waits for a second person: who asked, why, what it would change, and until when. */
export function Pending({ request, now }: { request: CrisisRequest; now: string }) {
  const { t } = useTranslation();
  const session = useSession();
  const refresh = useRefreshCrisis();
  const figures = useFigures();
  const left = useSecondsLeft(request.expire_time, now);
  const own = request.requester?.subject === session.subject;
  const path = { request_id: request.id };
  const decide = (confirm: boolean) => async () => {
    try {
      await (confirm
        ? dataOf(api.catalog.POST("/api/catalog/v1/crisis/requests/{request_id}/confirmation", { params: { path } }))
        : dataOf(api.catalog.POST("/api/catalog/v1/crisis/requests/{request_id}/withdrawal", { params: { path } })));
      say(t(confirm ? (request.activate ? "crisis.done.on" : "crisis.done.off") : "crisis.done.withdrawn"));
    } finally {
      await refresh();
    }
  };
  return (
    <section className={classes.box} data-waiting="true" aria-labelledby="solicitud">
      <Title order={2} size="h4" id="solicitud">
        {t(request.activate ? "crisis.pending.on" : "crisis.pending.off")}
      </Title>
      <dl className={classes.facts}>
        <dt>{t("crisis.who")}</dt>
        <dd>{request.requester?.name}</dd>
        <dt>{t("crisis.reason")}</dt>
        <dd>{request.reason}</dd>
        <dt>{t("crisis.left")}</dt>
        <dd>{t("crisis.leftFor", { span: figures.span(left) })}</dd>
      </dl>
      <Effects activate={request.activate} message={request.message} />
      <Text>{t(own ? "crisis.pending.own" : hasRole(session, CONFIRMERS) ? "crisis.pending.yours" : "crisis.pending.others")}</Text>
      <Group>
        {!own && hasRole(session, CONFIRMERS) ? (
          <ConfirmButton
            label={t(request.activate ? "crisis.confirm.on" : "crisis.confirm.off")}
            title={t(request.activate ? "crisis.confirm.onTitle" : "crisis.confirm.offTitle")}
            text={t(request.activate ? "crisis.confirm.onText" : "crisis.confirm.offText")}
            action={decide(true)}
            button={request.activate ? { color: "red" } : {}}
          />
        ) : null}
        {hasRole(session, ASKERS) ? (
          <ConfirmButton label={t("crisis.withdraw")} title={t("crisis.withdrawTitle")} text={t("crisis.withdrawText")} action={decide(false)} button={{ variant: "default" }} />
        ) : null}
      </Group>
    </section>
  );
}

/** Counts by the city's clock, not by that of this computer. */
function useSecondsLeft(until: string, now: string): number {
  const whole = Math.max(0, (Date.parse(until) - Date.parse(now)) / 1000);
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const began = performance.now();
    const timer = setInterval(() => setPassed((performance.now() - began) / 1000), 1000);
    return () => {
      clearInterval(timer);
      setPassed(0);
    };
  }, [until, now]);
  return Math.max(0, whole - passed);
}
