import { Problem, type CatalogSchemas } from "@atiende/api";
import { ErrorSummary, IconSend, ProblemAlert, SchemaForm, defaultsOf, readForm, toldFaults, useFaultWords } from "@atiende/ui";
import { Button, Input, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { FORM_LIMITS } from "../files/files";
import { FilesPicker } from "../files/FilesPicker";
import { ContactFields } from "./ContactFields";
import { EMPTY, sheetFaults, submissionOf, type Sheet, type SheetFault } from "./form";
import { submit, type Receipt } from "./queries";

type Procedure = CatalogSchemas["schemas"]["ProcedureView"];

/** The procedure's own form, how the person may be reached, and their permission. */
export function SheetForm({ procedure, onSent }: { procedure: Procedure; onSent: (receipt: Receipt) => void }) {
  const { t, i18n } = useTranslation();
  const words = useFaultWords();
  const form = useMemo(() => readForm(procedure.form), [procedure.form]);
  const [sheet, setSheet] = useState<Sheet>({ ...EMPTY, code: procedure.code, values: defaultsOf(form) });
  const [faults, setFaults] = useState<SheetFault[]>([]);
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  // The same form sent twice (a click repeated, an answer lost) is one case.
  const [key] = useState(() => crypto.randomUUID());
  const sending = useMutation({
    mutationFn: () => submit(submissionOf(form, sheet, i18n.language), key),
    onSuccess: onSent,
    onError: (error) => {
      const told = error instanceof Problem ? toldFaults(form, error.fields) : [];
      setFaults(told.map((fault) => ({ target: `campo-${fault.name}`, fault })));
      setRound(round + 1);
    },
  });
  const set = (change: Partial<Sheet>) => setSheet((now) => ({ ...now, ...change }));
  const said = (target: string) => {
    const found = faults.find((one) => one.target === target);
    return found && (found.fault ? words(found.fault) : t(found.key ?? ""));
  };
  const ask = (label: string, asked: string) => (asked === "required" ? label : `${label} ${t("common.optional")}`);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const found = sheetFaults(form, sheet, procedure.place, procedure.attachments);
    setFaults(found);
    setRound(round + 1);
    if (found.length === 0 && !busy && !sending.isPending) sending.mutate();
  };
  return (
    <form onSubmit={send} noValidate aria-label={procedure.name}>
      <Stack gap="md">
        <ErrorSummary round={round} entries={faults.map((one) => ({ target: one.target, text: entryOf(form, one, said(one.target) ?? "") }))} />
        <SchemaForm
          form={form}
          values={sheet.values}
          faults={faults.flatMap((one) => (one.fault ? [one.fault] : []))}
          onChange={(values) => set({ values })}
          renderFile={(question) => (
            <Input.Wrapper label={question.label} labelElement="div" description={question.field.description} error={question.error}>
              <FilesPicker
                id={question.id}
                label={question.label}
                files={sheet.answers[question.name] ?? []}
                limits={{ ...FORM_LIMITS, max_files: question.field.type === "array" ? (question.field.maxItems ?? FORM_LIMITS.max_files) : 1 }}
                busy={busy}
                onBusy={setBusy}
                onChange={(put) =>
                  setSheet((now) => ({ ...now, answers: { ...now.answers, [question.name]: put(now.answers[question.name] ?? []) } }))
                }
              />
            </Input.Wrapper>
          )}
        />
        {procedure.place === "none" ? null : (
          <TextInput
            id="ventanilla-lugar"
            size="sm"
            label={ask(t("counter.address"), procedure.place)}
            maxLength={500}
            value={sheet.address}
            error={said("ventanilla-lugar")}
            onChange={({ currentTarget: { value } }) => set({ address: value })}
          />
        )}
        {procedure.attachments === "none" ? null : (
          <Input.Wrapper label={ask(t("counter.files"), procedure.attachments)} labelElement="div" error={said("ventanilla-archivos")}>
            <FilesPicker
              id="ventanilla-archivos"
              files={sheet.files}
              limits={FORM_LIMITS}
              busy={busy}
              onBusy={setBusy}
              onChange={(put) => setSheet((now) => ({ ...now, files: put(now.files) }))}
            />
          </Input.Wrapper>
        )}
        <ContactFields sheet={sheet} said={said} onChange={set} />
        {sending.error ? <ProblemAlert error={sending.error} /> : null}
        <Button size="sm" type="submit" leftSection={<IconSend size={16} />} disabled={busy} loading={sending.isPending}>
          {t("counter.submit")}
        </Button>
      </Stack>
    </form>
  );
}

/** Names the question, so that the summary can be read alone. */
function entryOf(form: ReturnType<typeof readForm>, one: SheetFault, text: string): string {
  const title = one.fault && form.properties[one.fault.name]?.title;
  return title ? `${title}: ${text}` : text;
}
