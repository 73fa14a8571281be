import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { wordsOf } from "../../app/problems";
import { sayFailed } from "../../app/toasts";
import { hasRole, useSession, type Session } from "../../auth/context";
import { Page } from "../board/Page";
import { Loading } from "../board/states";
import { AnswerAll } from "./AnswerAll";
import { Answers } from "./Answers";
import { LinkedCases } from "./LinkedCases";
import { LEADS } from "./roles";
import { incidentQueries, type IncidentDetail } from "./queries";
import { useIncidentAction } from "./useIncidentAction";

/** One incident: its cases, what their people were told and how far that is, and the next answer. */
export function IncidentPage() {
  const { t, i18n } = useTranslation();
  const { incidentId } = useParams({ strict: false });
  const { data, error, isPending, refetch } = useQuery(incidentQueries.detail(incidentId ?? "", i18n.language));
  return (
    <Page title={data?.title ?? t("incident.one")} tools={<Link to="/incidentes">{t("incident.all")}</Link>}>
      {error && !data ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : null}
      {isPending ? <Loading /> : null}
      {data ? <Known incident={data} /> : null}
    </Page>
  );
}

function Known({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const leads = mayLead(useSession(), incident);
  const close = useIncidentAction(
    () => dataOf(api.cases.POST("/api/cases/v1/incidents/{incident_id}/close", { params: { path: { incident_id: incident.incident_id } } })),
    () => t("incident.closedDone"),
  );
  return (
    <>
      <Text>
        <strong>{t(incident.open ? "incident.isOpen" : "incident.isClosed")}</strong>
        {" · "}
        {[incident.area, incident.unit_name, incident.procedure_name].filter(Boolean).join(" · ")}
      </Text>
      <Answers incident={incident} />
      {leads && incident.open ? <AnswerAll key={incident.answers.length} incident={incident} /> : null}
      <LinkedCases incident={incident} />
      {leads && incident.open ? (
        <div>
          <Button
            size="sm"
            variant="default"
            loading={close.isPending}
            onClick={() => close.mutate(undefined, { onError: (problem) => sayFailed(wordsOf(problem)) })}
          >
            {t("incident.close")}
          </Button>
          <Text size="sm" c="dimmed">
            {t("incident.closeText")}
          </Text>
        </div>
      ) : null}
    </>
  );
}

function mayLead(session: Session, incident: IncidentDetail): boolean {
  return hasRole(session, LEADS) && (session.roles.has("admin") || session.units.includes(incident.unit_id));
}
