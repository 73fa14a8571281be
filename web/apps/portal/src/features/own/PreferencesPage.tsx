import { dataOf, type CasesSchemas } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Checkbox, Radio, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { OwnPage } from "./OwnPage";
import { preferencesQuery, type Preferences } from "./record";
import styles from "./Own.module.css";

type Choice = CasesSchemas["schemas"]["OwnPreferencesBody"];

/** How the city may write: by what, never by what, and in which language. */
export function PreferencesPage() {
  const { t } = useTranslation();
  const query = useQuery(preferencesQuery);
  return (
    <OwnPage title={t("preferences.title")} error={query.error} isPending={query.isPending} onRetry={() => void query.refetch()}>
      <p>{t("preferences.lead")}</p>
      {query.data ? <PreferencesForm known={query.data} /> : null}
    </OwnPage>
  );
}

const CHANNELS = ["email", "whatsapp", "webchat"] as const;
type Written = (typeof CHANNELS)[number];

function PreferencesForm({ known }: { known: Preferences }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [consents, setConsents] = useState<Record<Written, boolean>>(() => ({
    email: known.consents.email ?? true,
    whatsapp: known.consents.whatsapp ?? true,
    webchat: known.consents.webchat ?? true,
  }));
  const [preferred, setPreferred] = useState<string>(known.preferred_channel ?? "last");
  const [language, setLanguage] = useState(known.language === "en" ? "en" : "es");
  const save = useMutation({
    mutationFn: (body: Choice) => dataOf(api.cases.PUT("/api/cases/v1/citizen/preferences", { body })),
    onSuccess: (saved) => client.setQueryData(preferencesQuery.queryKey, saved),
  });
  // What is refused cannot be preferred, and neither can what the city has no address for.
  const ways = (["email", "whatsapp"] as const).filter(
    (channel) => consents[channel] && known.contact_points.some((point) => point.channel === channel),
  );
  const chosen = ways.find((channel) => channel === preferred);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ preferred_channel: chosen ?? null, consents, language: language as "es" | "en" });
  };
  const changed = <Value,>(set: (value: Value) => void) => (value: Value) => {
    save.reset();
    set(value);
  };
  return (
    <form noValidate onSubmit={submit} className={styles.form}>
      <fieldset className={styles.group}>
        <legend>{t("preferences.consents")}</legend>
        <p className={styles.quiet}>{t("preferences.consentsHelp")}</p>
        <Stack gap="sm" mt="sm">
          {CHANNELS.map((channel) => (
            <Checkbox
              key={channel}
              label={t(`preferences.may.${channel}`)}
              description={t(`preferences.mayHelp.${channel}`)}
              checked={consents[channel]}
              onChange={(event) => changed(setConsents)({ ...consents, [channel]: event.currentTarget.checked })}
            />
          ))}
        </Stack>
        <p role="status" className={styles.warning}>
          {ways.length === 0 ? t("preferences.noWay") : ""}
        </p>
      </fieldset>
      <Radio.Group label={t("preferences.first")} description={t("preferences.firstHelp")} value={chosen ?? "last"} onChange={changed(setPreferred)}>
        <Stack gap="xs" mt="xs">
          <Radio value="last" label={t("preferences.last")} />
          {ways.map((channel) => (
            <Radio key={channel} value={channel} label={t(`preferences.channel.${channel}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Radio.Group label={t("preferences.language")} value={language} onChange={changed(setLanguage)}>
        <Stack gap="xs" mt="xs">
          <Radio value="es" label="Español" lang="es" />
          <Radio value="en" label="English" lang="en" />
        </Stack>
      </Radio.Group>
      {save.error ? <ProblemAlert error={save.error} /> : null}
      <div className={styles.row}>
        <Button type="submit" size="lg" loading={save.isPending}>
          {t("common.save")}
        </Button>
        <p role="status" className={styles.done}>
          {save.isSuccess ? t("preferences.saved") : ""}
        </p>
      </div>
    </form>
  );
}
