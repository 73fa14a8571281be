import { dataOf, Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Radio, SimpleGrid, Stack, Textarea, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { cityQueries } from "../../data/city";
import { useLanguageName } from "../admin/fields/text";
import { same } from "../admin/merge";
import classes from "./crisis.module.css";
import { Effects } from "./Effects";
import { useRefreshCrisis, type Crisis } from "./queries";

const REASON = { least: 5, most: 500 };

/** Asks for the switch; nothing changes before somebody else confirms. */
export function AskForm({ crisis }: { crisis: Crisis }) {
  const { t, i18n } = useTranslation();
  const refresh = useRefreshCrisis();
  const nameOf = useLanguageName();
  const languages = useQuery(cityQueries.city(i18n.language)).data?.languages ?? Object.keys(crisis.text);
  const [activate, setActivate] = useState(!crisis.active);
  const [reason, setReason] = useState("");
  const [message, setMessage] = useState<Record<string, string>>(crisis.text);
  const [asked, setAsked] = useState(false);
  const ask = useMutation({
    mutationFn: () =>
      dataOf(
        api.catalog.POST("/api/catalog/v1/crisis/requests", {
          body: { activate, reason: reason.trim(), ...(activate && !same(message, crisis.text) ? { message } : {}) },
        }),
      ),
    onSuccess: async () => {
      say(t("crisis.asked"));
      await refresh();
    },
  });
  const short = reason.trim().length < REASON.least ? t("crisis.reasonShort", { count: REASON.least }) : undefined;
  const told = ask.error instanceof Problem ? ask.error.fields : {};
  return (
    <Stack
      component="form"
      className={classes.box ?? ""}
      aria-labelledby="solicitar"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        setAsked(true);
        if (!short) ask.mutate();
      }}
    >
      <Title order={2} size="h4" id="solicitar">
        {t(crisis.active ? "crisis.ask.change" : "crisis.ask.on")}
      </Title>
      {crisis.active ? (
        <Radio.Group label={t("crisis.ask.what")} value={activate ? "text" : "off"} onChange={(chosen) => setActivate(chosen === "text")}>
          <Stack gap="xs" mt="xs">
            <Radio value="off" label={t("crisis.ask.off")} />
            <Radio value="text" label={t("crisis.ask.text")} />
          </Stack>
        </Radio.Group>
      ) : null}
      <Textarea
        className={classes.wide ?? ""}
        label={t("crisis.reason")}
        description={t("crisis.reasonHelp")}
        maxLength={REASON.most}
        autosize
        minRows={2}
        value={reason}
        error={asked ? short : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {activate ? (
        <SimpleGrid cols={{ base: 1, sm: 2 }} className={classes.wide ?? ""}>
          {languages.map((language) => (
            <Textarea
              key={language}
              label={t("crisis.message", { language: nameOf(language) })}
              lang={language}
              maxLength={1000}
              autosize
              minRows={4}
              value={message[language] ?? ""}
              error={told[`/message/${language}`]}
              onChange={(event) => {
                // React has forgotten the event's target once the next state is made.
                const text = event.currentTarget.value;
                setMessage((before) => ({ ...before, [language]: text }));
              }}
            />
          ))}
        </SimpleGrid>
      ) : null}
      <Effects activate={activate} message={message} />
      {ask.error ? <ProblemAlert error={ask.error} /> : null}
      <Group>
        <Button type="submit" loading={ask.isPending}>
          {t("crisis.ask.send")}
        </Button>
      </Group>
    </Stack>
  );
}
