import { dataOf } from "@atiende/api";
import { Alert, Button, Group, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { hasRole, useSession, WORKERS } from "../../auth/context";
import { useCatalogue } from "../../data/city";
import type { CaseDetail } from "../../data/types";
import { useCaseAction } from "./useCaseAction";

/** A transfer that waits: whoever it is offered to accepts it or gives it back with a reason. */
export function TransferBanner({ open }: { open: CaseDetail }) {
  const { t } = useTranslation();
  const session = useSession();
  const { units } = useCatalogue();
  const [returning, setReturning] = useState(false);
  const [reason, setReason] = useState("");
  const path = { params: { path: { case_id: open.case_id } } };
  const accept = useCaseAction<undefined>(open.case_id, {
    run: () => dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/transfers/accept", path)),
    done: t("case.transfer.accepted", { folio: open.folio }),
  });
  const giveBack = useCaseAction<string>(open.case_id, {
    run: (why) => dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/transfers/return", { ...path, body: { reason: why } })),
    done: t("case.transfer.returned", { folio: open.folio }),
  });
  if (!open.transfer) return null;
  const { from_unit_id, to_unit_id, reason: why } = open.transfer;
  const nameOf = (id: string) => units.find((unit) => unit.id === id)?.name ?? id;
  const ours = session.units.includes(to_unit_id) && hasRole(session, WORKERS);
  return (
    <Alert color="blue" radius={0} title={t(ours ? "case.transfer.offered" : "case.transfer.waiting", { unit: nameOf(ours ? from_unit_id : to_unit_id) })}>
      <Text size="sm">{why}</Text>
      {ours && !returning ? (
        <Group mt="xs">
          <Button size="sm" loading={accept.isPending} onClick={() => accept.mutate(undefined)}>
            {t("case.transfer.accept")}
          </Button>
          <Button size="sm" variant="default" onClick={() => setReturning(true)}>
            {t("case.transfer.return")}
          </Button>
        </Group>
      ) : null}
      {returning ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            giveBack.mutate(reason);
          }}
        >
          <Textarea mt="xs" size="sm" required label={t("case.transfer.why")} value={reason} maxLength={2000} onChange={({ currentTarget: { value } }) => setReason(value)} />
          <Group mt="xs">
            <Button size="sm" type="submit" loading={giveBack.isPending}>
              {t("case.transfer.return")}
            </Button>
            <Button size="sm" variant="subtle" onClick={() => setReturning(false)}>
              {t("common.cancel")}
            </Button>
          </Group>
        </form>
      ) : null}
    </Alert>
  );
}
