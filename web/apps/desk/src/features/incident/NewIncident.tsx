import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { hasRole, useSession } from "../../auth/context";
import { useCatalogue } from "../../data/city";
import { useIncidentAction } from "./useIncidentAction";

/** Notes that something happened in the city. */
export function NewIncident({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const { units, procedures } = useCatalogue();
  const own = hasRole(session, ["admin"]) ? units : units.filter((unit) => session.units.includes(unit.id));
  const [title, setTitle] = useState("");
  const [area, setArea] = useState("");
  const [unit, setUnit] = useState("");
  const [procedure, setProcedure] = useState("");
  // The same window asked twice (a click repeated, an answer lost) makes one incident.
  const [key] = useState(() => crypto.randomUUID());
  const chosen = unit || own[0]?.id || "";
  const make = useIncidentAction(
    () =>
      dataOf(
        api.cases.POST("/api/cases/v1/incidents", {
          params: { header: { "Idempotency-Key": key } },
          body: { title: title.trim(), area: area.trim(), unit_id: chosen, ...(procedure ? { procedure } : {}) },
        }),
      ),
    (made) => t("incident.made", { title: made.title }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(undefined, { onSuccess: ({ incident_id }) => void navigate({ to: "/incidentes/$incidentId", params: { incidentId: incident_id } }) });
  };
  const named = (all: typeof units) => all.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Modal opened onClose={onClose} title={t("incident.new")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            size="sm"
            required
            data-autofocus
            maxLength={200}
            label={t("incident.field.title")}
            description={t("incident.hint.title")}
            value={title}
            onChange={({ currentTarget: { value } }) => setTitle(value)}
          />
          <TextInput size="sm" maxLength={200} label={t("incident.field.area")} value={area} onChange={({ currentTarget: { value } }) => setArea(value)} />
          <NativeSelect size="sm" required label={t("incident.field.unit")} value={chosen} data={named(own)} onChange={({ currentTarget: { value } }) => setUnit(value)} />
          <NativeSelect
            size="sm"
            label={t("incident.field.procedure")}
            description={t("incident.hint.procedure")}
            value={procedure}
            data={[{ value: "", label: t("incident.anyProcedure") }, ...named(procedures)]}
            onChange={({ currentTarget: { value } }) => setProcedure(value)}
          />
          {make.error ? <ProblemAlert error={make.error} /> : null}
          <Group justify="flex-end">
            <Button size="sm" variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button size="sm" type="submit" loading={make.isPending}>
              {t("incident.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
