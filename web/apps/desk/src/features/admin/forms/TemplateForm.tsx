import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Fieldset, Group, List, NativeSelect, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../app/api";
import type { Template, TemplateParts } from "../content";
import { bindFields, useLanguages, type Bound } from "../fields/bound";
import classes from "../fields/fields.module.css";
import { TextAreaField, TextField, useLanguageName } from "../fields/text";
import type { FormProps } from "./simple";

const CHANNELS = ["short", "webchat", "email", "whatsapp", "open311", "portal", "kiosk", "counter"] as const;
type Channel = (typeof CHANNELS)[number];

/** A message in each language, short for most channels and with a subject for e-mail. */
export function TemplateForm({ draftId, entry, saved, ...bound }: FormProps<Template> & { draftId: string; saved: boolean }) {
  const { t } = useTranslation();
  const field = bindFields<Template>(bound);
  const texts = bindFields<Template["texts"]>(field("texts"));
  const [added, setAdded] = useState("");
  const has = CHANNELS.filter((channel) => bound.value.texts?.[channel]);
  const missing = CHANNELS.filter((channel) => !has.includes(channel));
  return (
    <Stack>
      <div>
        <Text fw={600}>{t("admin.template.variables")}</Text>
        <Text size="sm">{t("admin.template.variablesHelp")}</Text>
        <List size="sm">
          {(bound.value.variables ?? []).map((one) => (
            <List.Item key={one}>
              <code>{`{{ ${one} }}`}</code>
            </List.Item>
          ))}
        </List>
      </div>
      {has.map((channel) => (
        <ChannelTexts key={channel} channel={channel} {...(texts(channel) as Bound<Record<string, TemplateParts>>)} />
      ))}
      {missing.length > 0 ? (
        <Group align="flex-end">
          <NativeSelect
            label={t("admin.template.addChannel")}
            value={added}
            onChange={(event) => setAdded(event.currentTarget.value)}
            data={[{ value: "", label: t("schemaForm.choose") }, ...missing.map((one) => ({ value: one, label: t(`admin.template.channel.${one}`) }))]}
          />
          <Button
            variant="default"
            disabled={added === ""}
            onClick={() => {
              texts(added).onChange(bound.value.texts?.["short"] ?? {});
              setAdded("");
            }}
          >
            {t("admin.list.add")}
          </Button>
        </Group>
      ) : null}
      <Preview draftId={draftId} template={entry} channels={has} saved={saved} />
    </Stack>
  );
}

function ChannelTexts({ channel, ...bound }: { channel: Channel } & Bound<Record<string, TemplateParts>>) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const language = bindFields(bound);
  return (
    <Fieldset legend={t(`admin.template.channel.${channel}`)} className={classes.group ?? ""}>
      {useLanguages().map((code) => {
        const parts = bindFields<TemplateParts>({ ...language(code), value: bound.value?.[code] ?? { text: "" } });
        const subject = parts("subject");
        const words = { language: nameOf(code) };
        return (
          <Stack key={code} gap="xs">
            {channel === "email" ? <TextField label={t("admin.template.subject", words)} path={subject.path} value={subject.value ?? ""} onChange={(next) => subject.onChange(next || undefined)} /> : null}
            <TextAreaField label={t("admin.template.text", words)} lines={4} {...parts("text")} />
          </Stack>
        );
      })}
      {channel === "short" ? null : (
        <Group>
          <Button variant="subtle" color="red" size="compact-md" onClick={() => bound.onChange(undefined as unknown as Record<string, TemplateParts>)}>
            {t("admin.template.removeChannel", { channel: t(`admin.template.channel.${channel}`) })}
          </Button>
        </Group>
      )}
    </Fieldset>
  );
}

/** The saved text with sample values, as the service fills it in. */
function Preview({ draftId, template, channels, saved }: { draftId: string; template: string; channels: readonly Channel[]; saved: boolean }) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const languages = useLanguages();
  const [language, setLanguage] = useState(languages[0] ?? "es");
  const [channel, setChannel] = useState<Exclude<Channel, "short">>("email");
  const show = useMutation({
    mutationFn: () =>
      dataOf(api.catalog.POST("/api/catalog/v1/drafts/{draft_id}/preview", { params: { path: { draft_id: draftId } }, body: { template, channel, language } })),
  });
  // Without a text of its own a channel says the short one.
  const reachable = CHANNELS.filter((one): one is Exclude<Channel, "short"> => one !== "short" && (channels.includes(one) || (channels.includes("short") && one !== "email")));
  return (
    <Fieldset legend={t("admin.template.preview")} className={classes.group ?? ""}>
      <Text size="sm">{t(saved ? "admin.template.previewHelp" : "admin.template.previewUnsaved")}</Text>
      <Group align="flex-end">
        <NativeSelect label={t("admin.template.previewChannel")} value={channel} onChange={(event) => setChannel(event.currentTarget.value as Exclude<Channel, "short">)} data={reachable.map((one) => ({ value: one, label: t(`channel.${one}`) }))} />
        <NativeSelect label={t("common.language")} value={language} onChange={(event) => setLanguage(event.currentTarget.value)} data={languages.map((one) => ({ value: one, label: nameOf(one) }))} />
        <Button variant="default" loading={show.isPending} onClick={() => show.mutate()}>
          {t("admin.template.show")}
        </Button>
      </Group>
      <div aria-live="polite">
        {show.error ? <ProblemAlert error={show.error} /> : null}
        {show.data ? (
          <blockquote className={classes.message}>
            {show.data.subject ? <strong>{show.data.subject}</strong> : null}
            <p>{show.data.text}</p>
          </blockquote>
        ) : null}
      </div>
    </Fieldset>
  );
}
