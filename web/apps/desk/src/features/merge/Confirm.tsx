import { dataOf } from "@atiende/api";
import { DataTable, IconArrowLeft, ProblemAlert } from "@atiende/ui";
import { Button, Group, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { caseQueries } from "../../data/cases";
import type { CaseDetail, CaseView } from "../../data/types";
import classes from "./Merge.module.css";
import { rowsOf } from "./compare";
import { useShown } from "./useShown";

interface Props {
  open: CaseDetail;
  other: CaseView;
  onBack: () => void;
  onDone: () => void;
}

/** Both cases side by side, which of them stays, why, and what joining them does. */
export function Confirm({ open, other, onBack, onDone }: Props) {
  const { t } = useTranslation();
  const shown = useShown();
  // The older request keeps the earlier clock, so by itself it is the one that stays.
  const [staying, setStaying] = useState(open.open_time < other.open_time && other.merged === 0 ? open : other);
  const [reason, setReason] = useState("");
  const leaving = staying.case_id === open.case_id ? other : open;
  const merge = useMerge(onDone);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    merge.mutate({ leaving, staying, reason: reason.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Button size="sm" variant="subtle" className={classes.back} leftSection={<IconArrowLeft size={16} />} onClick={onBack}>
          {t("merge.chooseOther")}
        </Button>
        <DataTable
          caption={t("merge.sideBySide")}
          rowKey={(row) => row.name}
          rows={rowsOf(open, other, t, shown)}
          columns={[
            { key: "name", title: t("merge.fact"), cell: (row) => row.name, name: true },
            { key: "one", title: open.folio, cell: (row) => row.one },
            { key: "other", title: other.folio, cell: (row) => row.other },
          ]}
        />
        <Radio.Group
          label={t("merge.which")}
          value={staying.case_id}
          onChange={(id) => setStaying(id === open.case_id ? open : other)}
        >
          <Stack gap={6} mt={6}>
            {[open, other].map((row) => (
              <Radio
                key={row.case_id}
                value={row.case_id}
                label={row.folio}
                // One that others are joined to already cannot be joined itself.
                disabled={(row.case_id === open.case_id ? other : open).merged > 0}
              />
            ))}
          </Stack>
        </Radio.Group>
        <section aria-label={t("merge.whatHappens")} className={classes.effects}>
          <Text size="sm" fw={600}>
            {t("merge.whatHappens")}
          </Text>
          <ul>
            {(["timeline", "clock", "answers", "tracking", "undo"] as const).map((effect) => (
              <li key={effect}>{t(`merge.effect.${effect}`, { leaving: leaving.folio, staying: staying.folio })}</li>
            ))}
          </ul>
        </section>
        <Textarea
          size="sm"
          required
          autosize
          minRows={2}
          maxLength={2000}
          label={t("merge.reason")}
          value={reason}
          onChange={({ currentTarget: { value } }) => setReason(value)}
        />
        {merge.error ? <ProblemAlert error={merge.error} /> : null}
        <Group justify="flex-end">
          <Button size="sm" type="submit" loading={merge.isPending}>
            {t("merge.action")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface Wish {
  leaving: CaseView;
  staying: CaseView;
  reason: string;
}

function useMerge(onDone: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ leaving, staying, reason }: Wish) =>
      dataOf(
        api.cases.POST("/api/cases/v1/cases/{case_id}/merge", {
          params: { path: { case_id: leaving.case_id } },
          body: { into: staying.case_id, reason },
        }),
      ),
    onSuccess: (_, { leaving, staying }) => {
      say(t("merge.done", { leaving: leaving.folio, staying: staying.folio }));
      onDone();
      void navigate({ to: "/casos/$caseId", params: { caseId: staying.case_id }, search: true });
    },
    onSettled: (_, __, { leaving, staying }) => {
      for (const one of [leaving, staying]) void client.invalidateQueries({ queryKey: ["case", one.case_id] });
      void client.invalidateQueries({ queryKey: caseQueries.lists() });
      void client.invalidateQueries({ queryKey: caseQueries.counts().queryKey });
    },
  });
}
