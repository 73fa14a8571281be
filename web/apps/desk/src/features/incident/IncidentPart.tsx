import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { WORKERS, hasRole, useSession } from "../../auth/context";
import type { CaseDetail } from "../../data/types";
import { Part } from "../case/side/parts";
import { incidentQueries } from "./queries";
import { useIncidentAction } from "./useIncidentAction";

/** What happened in the city that the case is about, and what its people were told. */
export function IncidentPart({ open }: { open: CaseDetail }) {
  return open.incident_id ? <Linked open={open} /> : null;
}

function Linked({ open }: { open: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const session = useSession();
  const { data, error, refetch } = useQuery(incidentQueries.detail(open.incident_id, i18n.language));
  const unlink = useIncidentAction(
    () =>
      dataOf(
        api.cases.DELETE("/api/cases/v1/incidents/{incident_id}/cases/{case_id}", {
          params: { path: { incident_id: open.incident_id, case_id: open.case_id } },
        }),
      ),
    () => t("incident.unlink.done", { folio: open.folio }),
  );
  const standing = data?.answers.at(-1);
  return (
    <Part title={t("incident.one")}>
      {error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Loader size="sm" aria-label={t("common.loading")} /> : null}
      {data ? (
        <>
          <Link to="/incidentes/$incidentId" params={{ incidentId: open.incident_id }}>
            {data.title}
          </Link>
          <Text size="sm">{standing ? t("incident.told", { text: standing.text }) : t("incident.notTold")}</Text>
          {hasRole(session, WORKERS) && !open.merged_into ? (
            <Button size="xs" mt="xs" variant="default" loading={unlink.isPending} onClick={() => unlink.mutate(undefined)}>
              {t("incident.unlink.action")}
            </Button>
          ) : null}
          {unlink.error ? <ProblemAlert error={unlink.error} /> : null}
        </>
      ) : null}
    </Part>
  );
}
