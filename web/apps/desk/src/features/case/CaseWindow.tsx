import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, NativeSelect, Stack, Text, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { useCatalogue } from "../../data/city";
import type { CaseDetail } from "../../data/types";
import { useCaseAction } from "./useCaseAction";

export type WindowKind = "resolve" | "transfer" | "reclassify" | "reopen";

interface Input {
  choice: string;
  text: string;
  key: string;
}

/** Asks what one needs to know before a case is resolved, transferred, reclassified or reopened. */
export function CaseWindow({ open, kind, onClose }: { open: CaseDetail; kind: WindowKind | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={kind !== null}
      onClose={onClose}
      title={kind ? t(`case.${kind}.title`) : ""}
      // While a window fades out it would still keep the keys from the page.
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {kind ? <Asked key={kind} open={open} kind={kind} onClose={onClose} /> : null}
    </Modal>
  );
}

function Asked({ open, kind, onClose }: { open: CaseDetail; kind: WindowKind; onClose: () => void }) {
  const { t } = useTranslation();
  const choices = useChoices(open, kind);
  const [choice, setChoice] = useState("");
  const [text, setText] = useState("");
  // The same window asked twice (a click repeated, an answer lost) does it once.
  const [key] = useState(() => crypto.randomUUID());
  const action = useCaseAction<Input>(open.case_id, {
    run: (input) => send(kind, open.case_id, input),
    done: t(`case.${kind}.done`, { folio: open.folio }),
    quiet: true,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.mutate({ choice, text: text.trim(), key }, { onSuccess: onClose });
  };
  const textNeeded = kind === "transfer" || kind === "reopen";
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{t(`case.${kind}.text`, { folio: open.folio })}</Text>
        {kind === "reopen" ? null : (
          <NativeSelect
            size="sm"
            required
            data-autofocus
            label={t(`case.${kind}.choice`)}
            value={choice}
            data={[{ value: "", label: t("case.choose") }, ...choices.map(({ id, name }) => ({ value: id, label: name }))]}
            onChange={({ currentTarget: { value } }) => setChoice(value)}
          />
        )}
        {kind === "reclassify" ? null : (
          <Textarea
            size="sm"
            autosize
            minRows={3}
            maxRows={10}
            maxLength={kind === "resolve" ? 10_000 : 2_000}
            required={textNeeded}
            label={t(`case.${kind}.words`)}
            value={text}
            onChange={({ currentTarget: { value } }) => setText(value)}
          />
        )}
        {action.error ? <ProblemAlert error={action.error} /> : null}
        <Group justify="flex-end">
          <Button size="sm" variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button size="sm" type="submit" loading={action.isPending}>
            {t(`case.${kind}.action`)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function useChoices(open: CaseDetail, kind: WindowKind) {
  const { units, procedures } = useCatalogue();
  if (kind === "resolve") return open.outcomes;
  if (kind === "transfer") return units.filter((unit) => unit.id !== open.unit_id);
  return procedures.filter((one) => one.id !== open.procedure);
}

function send(kind: WindowKind, case_id: string, { choice, text, key }: Input) {
  const path = { case_id };
  switch (kind) {
    case "resolve":
      return dataOf(
        api.cases.POST("/api/cases/v1/cases/{case_id}/resolve", {
          params: { path, header: { "Idempotency-Key": key } },
          body: { outcome: choice, ...(text ? { text } : {}) },
        }),
      );
    case "transfer":
      return dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/transfers", { params: { path }, body: { unit_id: choice, reason: text } }));
    case "reclassify":
      return dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/reclassify", { params: { path }, body: { procedure: choice } }));
    case "reopen":
      return dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/reopen", { params: { path }, body: { reason: text } }));
  }
}
