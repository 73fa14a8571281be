import { IconOffline, IconRefresh } from "@atiende/ui";
import { ActionIcon, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useNow } from "../../format/useNow";
import { useFigures } from "./format";

/** What this needs of a query. */
export interface Watched {
  dataUpdatedAt: number;
  isFetching: boolean;
  failureCount: number;
  refetch: () => unknown;
}

/** Older than this the figures are called old: three refreshes were missed. */
const OLD_MS = 35_000;

/** Says how fresh the figures on the page are, and lets ask again at once. */
export function Freshness({ queries }: { queries: readonly Watched[] }) {
  const { t } = useTranslation();
  const { span, time } = useFigures();
  const now = useNow();
  const loaded = queries.map((query) => query.dataUpdatedAt).filter((at) => at > 0);
  if (loaded.length === 0) return null;
  const oldest = Math.min(...loaded);
  const age = Math.max(0, now - oldest);
  const old = age > OLD_MS || queries.some((query) => query.failureCount > 0 && age > OLD_MS / 2);
  return (
    <Group gap={4} wrap="nowrap">
      {old ? <IconOffline size={18} /> : null}
      {/* Heard only when it becomes old: a count of seconds would never be silent. */}
      <Text size="sm" c={old ? "var(--mantine-color-error)" : "dimmed"} fw={old ? 600 : undefined} role={old ? "status" : undefined}>
        {old ? t("board.fresh.old", { time: time(oldest) }) : age < 5_000 ? t("board.fresh.now") : t("board.fresh.ago", { span: span(age / 1000) })}
      </Text>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t("board.fresh.again")}
        loading={queries.some((query) => query.isFetching && age > 2_000)}
        onClick={() => queries.forEach((query) => void query.refetch())}
      >
        <IconRefresh size={18} />
      </ActionIcon>
    </Group>
  );
}
