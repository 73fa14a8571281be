import { DataTable, IconPlus, ProblemAlert } from "@atiende/ui";
import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hasRole, useSession } from "../../auth/context";
import { Time } from "../../parts/Time";
import { Page } from "../board/Page";
import { Blank, Loading } from "../board/states";
import { NewIncident } from "./NewIncident";
import { LEADS } from "./roles";
import { incidentQueries } from "./queries";

/** What happens in the city right now, or happened. */
export function IncidentsPage() {
  const { t, i18n } = useTranslation();
  const session = useSession();
  const [shown, setShown] = useState("open");
  const [making, setMaking] = useState(false);
  const { data, error, isPending, refetch } = useQuery(incidentQueries.list(shown === "open", i18n.language));
  return (
    <Page
      title={t("incident.title")}
      tools={
        <>
          <SegmentedControl
            aria-label={t("incident.which")}
            value={shown}
            onChange={setShown}
            data={[
              { value: "open", label: t("incident.open") },
              { value: "closed", label: t("incident.closed") },
            ]}
          />
          {hasRole(session, LEADS) ? (
            <Button size="sm" leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
              {t("incident.new")}
            </Button>
          ) : null}
        </>
      }
    >
      {error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : null}
      {isPending ? <Loading /> : null}
      {data?.items.length === 0 ? <Blank title={t("incident.none")} text={t("incident.noneText")} /> : null}
      {data && data.items.length > 0 ? (
        <DataTable
          caption={t("incident.title")}
          hideCaption
          rows={data.items}
          rowKey={(one) => one.incident_id}
          columns={[
            {
              key: "title",
              title: t("incident.field.title"),
              cell: (one) => (
                <Link to="/incidentes/$incidentId" params={{ incidentId: one.incident_id }}>
                  {one.title}
                </Link>
              ),
            },
            { key: "area", title: t("incident.field.area"), cell: (one) => one.area || "–" },
            { key: "unit", title: t("incident.field.unit"), cell: (one) => one.unit_name },
            { key: "answers", title: t("incident.answers"), numeric: true, cell: (one) => one.answers.length },
            { key: "time", title: t("incident.since"), cell: (one) => <Time time={one.create_time} /> },
          ]}
        />
      ) : null}
      {making ? <NewIncident onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}
