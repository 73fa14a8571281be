import { Alert, Button, Group, List, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Bulk } from "./useBulk";

interface Props {
  bulk: Bulk & { stop: () => void; clear: () => void };
  /** How an item is called by people. */
  nameOf: (id: string) => string;
}

/** How far it is, and what came of it. */
export function BulkProgress({ bulk, nameOf }: Props) {
  const { t } = useTranslation();
  if (bulk.total === 0) return null;
  const refused = bulk.results.filter((result) => result.refused !== undefined);
  const done = bulk.results.length - refused.length;
  const left = bulk.total - bulk.results.length;
  if (bulk.running) {
    return (
      <Stack gap="xs" role="status">
        <Group justify="space-between">
          <Text size="sm">{t("board.bulk.running", { done: bulk.results.length, total: bulk.total })}</Text>
          <Button size="compact-sm" variant="default" onClick={bulk.stop}>
            {t("board.bulk.stop")}
          </Button>
        </Group>
        <Progress value={(bulk.results.length / bulk.total) * 100} aria-label={t("board.bulk.progress")} />
      </Stack>
    );
  }
  return (
    <Alert
      role="status"
      color={refused.length > 0 || left > 0 ? "orange" : "teal"}
      variant="light"
      withCloseButton
      closeButtonLabel={t("common.close")}
      onClose={bulk.clear}
      title={t("board.bulk.done", { count: done })}
    >
      {left > 0 ? <Text size="sm">{t("board.bulk.left", { count: left })}</Text> : null}
      {refused.length > 0 ? (
        <List size="sm">
          {refused.map((result) => (
            <List.Item key={result.id}>
              {nameOf(result.id)}: {result.refused}
            </List.Item>
          ))}
        </List>
      ) : null}
    </Alert>
  );
}
