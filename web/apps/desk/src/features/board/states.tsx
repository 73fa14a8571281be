import { IconCheckCircle } from "@atiende/ui";
import { Skeleton, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** The place of what is loading, so that nothing jumps when it comes. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t("common.loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={36} radius="sm" />
      ))}
    </Stack>
  );
}

/** Nothing to show, said as what it means. */
export function Blank({ title, text, children, order = 2 }: { title: string; text?: string; children?: ReactNode; order?: 2 | 3 }) {
  return (
    <Stack align="center" gap={4} py="md" ta="center">
      <IconCheckCircle size={28} />
      <Title order={order} size="h4">
        {title}
      </Title>
      {text ? <Text maw={520}>{text}</Text> : null}
      {children}
    </Stack>
  );
}
