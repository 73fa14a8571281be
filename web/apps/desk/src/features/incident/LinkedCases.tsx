import { DataTable, ProblemAlert } from "@atiende/ui";
import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Channel } from "../../parts/Channel";
import { Time } from "../../parts/Time";
import { Loading } from "../board/states";
import { incidentQueries, type IncidentDetail } from "./queries";

/** The incident's cases that this person may see, open ones in front. */
export function LinkedCases({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const open = useQuery(incidentQueries.cases(incident.incident_id, "open"));
  const over = useQuery(incidentQueries.cases(incident.incident_id, "resolved"));
  const error = open.error ?? over.error;
  const rows = [...(open.data?.items ?? []), ...(over.data?.items ?? [])];
  return (
    <section aria-labelledby="casos-vinculados">
      <Title order={2} size="h4" id="casos-vinculados">
        {t("incident.cases", { count: incident.cases })}
      </Title>
      <Text size="sm">
        {t("incident.casesText", { active: incident.active })}{" "}
        <Link to="/casos" search={{ incident: incident.incident_id }}>
          {t("incident.inInbox")}
        </Link>
      </Text>
      {error ? <ProblemAlert error={error} onRetry={() => void Promise.all([open.refetch(), over.refetch()])} /> : null}
      {open.isPending ? <Loading rows={2} /> : null}
      {rows.length > 0 ? (
        <DataTable
          caption={t("incident.cases", { count: incident.cases })}
          hideCaption
          rows={rows}
          rowKey={(row) => row.case_id}
          columns={[
            {
              key: "folio",
              title: t("incident.field.folio"),
              cell: (row) => (
                <Link to="/casos/$caseId" params={{ caseId: row.case_id }}>
                  {row.folio}
                </Link>
              ),
            },
            { key: "person", title: t("merge.row.person"), cell: (row) => row.citizen_name || t("inbox.row.noName") },
            { key: "channel", title: t("merge.row.channel"), cell: (row) => <Channel channel={row.channel} /> },
            { key: "state", title: t("merge.row.state"), cell: (row) => row.state_name },
            { key: "opened", title: t("merge.row.opened"), cell: (row) => <Time time={row.open_time} /> },
          ]}
        />
      ) : null}
    </section>
  );
}
