import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, NativeSelect, Stack, Text, Textarea, Title } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import type { IncidentDetail } from "./queries";
import { useIncidentAction } from "./useIncidentAction";

/** One answer to all people of an incident; asked twice, it is given once. */
export function AnswerAll({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState("");
  const answer = useIncidentAction(
    () =>
      dataOf(
        api.cases.POST("/api/cases/v1/incidents/{incident_id}/answers", {
          params: { path: { incident_id: incident.incident_id } },
          body: { text: text.trim(), after: incident.answers.length, ...(outcome ? { outcome } : {}) },
        }),
      ),
    () => t("incident.answer.done"),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    answer.mutate(undefined);
  };
  return (
    <section aria-labelledby="responder-todos">
      <Title order={2} size="h4" id="responder-todos">
        {t("incident.answer.title")}
      </Title>
      <form onSubmit={submit}>
        <Stack gap="sm" maw={640}>
          <Text size="sm">{t("incident.answer.text", { count: incident.cases })}</Text>
          <Textarea
            size="sm"
            required
            autosize
            minRows={3}
            maxLength={10_000}
            label={t("incident.answer.words")}
            value={text}
            onChange={({ currentTarget: { value } }) => setText(value)}
          />
          {incident.outcomes.length > 0 ? (
            <NativeSelect
              size="sm"
              label={t("incident.answer.outcome")}
              value={outcome}
              data={[{ value: "", label: t("incident.answer.staysOpen") }, ...incident.outcomes.map(({ id, name }) => ({ value: id, label: name }))]}
              onChange={({ currentTarget: { value } }) => setOutcome(value)}
            />
          ) : null}
          {answer.error ? <ProblemAlert error={answer.error} /> : null}
          <div>
            <Button size="sm" type="submit" loading={answer.isPending}>
              {t("incident.answer.action")}
            </Button>
          </div>
        </Stack>
      </form>
    </section>
  );
}
