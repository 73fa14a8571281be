import { Button, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** A page that broke, or whose code could not be loaded (a new version was put in force meanwhile). */
export function Failed() {
  const { t } = useTranslation();
  return (
    <Stack p="lg" maw={640} align="flex-start" role="alert">
      <Title order={1} tabIndex={-1}>
        {t("shell.failed.title")}
      </Title>
      <Text>{t("shell.failed.text")}</Text>
      <Button onClick={() => location.reload()}>{t("shell.failed.action")}</Button>
    </Stack>
  );
}
