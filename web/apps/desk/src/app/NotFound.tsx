import { Anchor, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { usePageTitle } from "./title";

export function NotFound() {
  const { t } = useTranslation();
  usePageTitle(t("shell.notFound.title"));
  return (
    <Stack p="lg" maw={640}>
      <Title order={1} tabIndex={-1}>
        {t("shell.notFound.title")}
      </Title>
      <Text>{t("shell.notFound.text")}</Text>
      <Anchor component={Link} to="/casos">
        {t("shell.notFound.action")}
      </Anchor>
    </Stack>
  );
}
