import { Problem, dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Loader, Modal, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import type { CaseDetail } from "../../data/types";
import { incidentQueries } from "./queries";
import { useIncidentAction } from "./useIncidentAction";

/** Chooses the incident that a case is about; the standing answer goes out to its citizen. */
export function LinkWindow({ open, onClose }: { open: CaseDetail; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t("incident.link.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Choice open={open} onClose={onClose} />
    </Modal>
  );
}

function Choice({ open, onClose }: { open: CaseDetail; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const { data, error, isPending, refetch } = useQuery(incidentQueries.list(true, i18n.language));
  const [chosen, setChosen] = useState("");
  const link = useIncidentAction(
    (id: string) => linkCase(id, open.case_id),
    () => t("incident.link.done", { folio: open.folio }),
  );
  if (isPending) return <Loader size="sm" aria-label={t("common.loading")} />;
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) {
    return (
      <Stack gap="sm">
        <Text size="sm">{t("incident.link.none")}</Text>
        <Link to="/incidentes">{t("incident.all")}</Link>
      </Stack>
    );
  }
  const picked = data.items.find((one) => one.incident_id === chosen);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    link.mutate(chosen, { onSuccess: onClose });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Radio.Group label={t("incident.link.which")} value={chosen} onChange={setChosen} required>
          <Stack gap="xs" mt="xs">
            {data.items.map((one) => (
              <Radio key={one.incident_id} value={one.incident_id} label={one.title} description={[one.area, one.unit_name].filter(Boolean).join(" · ")} />
            ))}
          </Stack>
        </Radio.Group>
        <div role="status">{picked ? <Text size="sm">{t(picked.answers.length > 0 ? "incident.link.hears" : "incident.link.waits")}</Text> : null}</div>
        {link.error ? <ProblemAlert error={link.error} /> : null}
        <Group justify="flex-end">
          <Button size="sm" variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button size="sm" type="submit" disabled={!chosen} loading={link.isPending}>
            {t("incident.link.action")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

async function linkCase(incident_id: string, case_id: string): Promise<void> {
  const { items } = await dataOf(
    api.cases.POST("/api/cases/v1/incidents/{incident_id}/cases", { params: { path: { incident_id } }, body: { case_ids: [case_id] } }),
  );
  const refused = items.find((one) => !one.linked);
  if (refused) throw new Problem(409, { reason: refused.reason, detail: refused.detail });
}
