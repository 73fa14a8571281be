import { List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { releaseOptions } from "../board/release";
import { cityQueries } from "../../data/city";
import { useLanguageName } from "../admin/fields/text";
import type { Texts } from "../admin/content";
import classes from "./crisis.module.css";

/** What changes for everybody once it is confirmed. */
export function Effects({ activate, message }: { activate: boolean; message: Texts }) {
  const { t, i18n } = useTranslation();
  const nameOf = useLanguageName();
  const configured = (useQuery(releaseOptions).data?.content as unknown as { crisis?: { text: Texts } } | undefined)?.crisis?.text ?? {};
  const shown = Object.keys(message).length > 0 ? message : configured;
  const spoken = useQuery(cityQueries.city(i18n.language)).data?.languages ?? Object.keys(shown);
  const languages = spoken.filter((language) => shown[language]);
  return (
    <Stack gap="xs" className={classes.wide ?? ""}>
      <Text fw={600}>{t("crisis.effects.title")}</Text>
      <List spacing={4}>
        {(["portal", "desk", "version"] as const).map((one) => (
          <List.Item key={one}>{t(`crisis.effects.${activate ? "on" : "off"}.${one}`)}</List.Item>
        ))}
      </List>
      {activate
        ? languages.map((language) => (
            <div key={language}>
              <Text size="sm">{t("crisis.effects.banner", { language: nameOf(language) })}</Text>
              <p className={classes.banner} lang={language}>
                <span>{shown[language]}</span>
              </p>
            </div>
          ))
        : null}
    </Stack>
  );
}
