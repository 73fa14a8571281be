import { Alert, Button, Group, Text } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { signIn } from "./session";
import { sessionState, subscribe } from "./store";

/** Over a page that stays: the session ended elsewhere or by time, and nothing that was written is lost. */
export function SessionEnded() {
  const { t } = useTranslation();
  const state = useSyncExternalStore(subscribe, sessionState);
  if (state.kind !== "in" || !state.ended) return null;
  return (
    <Alert color="yellow" role="alert" title={t("session.ended.title")} radius={0}>
      <Group justify="space-between">
        <Text size="sm">{t("session.ended.text")}</Text>
        <Button size="sm" onClick={() => void signIn()}>
          {t("session.ended.action")}
        </Button>
      </Group>
    </Alert>
  );
}
