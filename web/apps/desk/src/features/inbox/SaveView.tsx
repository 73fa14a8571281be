import { dataOf } from "@atiende/api";
import { IconBookmark, IconX, ProblemAlert } from "@atiende/ui";
import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { caseQueries } from "../../data/cases";
import type { SavedView } from "../../data/types";
import type { InboxSearch } from "./filter";
import { queryOf } from "./views";

/** Keeps this list by a name, or lets a kept one go. */
export function SaveView({ search }: { search: InboxSearch }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const { data } = useQuery(caseQueries.views());
  const query = queryOf(search);
  const saved = data?.views ?? [];
  const kept = saved.find((view) => view.query === query);
  const save = useMutation({
    mutationFn: async (change: (views: SavedView[]) => SavedView[]) => {
      // Read first: another tab may have saved something meanwhile.
      const now = await client.fetchQuery({ ...caseQueries.views(), staleTime: 0 });
      const body = { version: now.version, views: change(now.views) };
      return dataOf(api.cases.PUT("/api/cases/v1/views", { body }));
    },
    onSuccess: (answer) => {
      client.setQueryData(caseQueries.views().queryKey, answer);
      setOpened(false);
      setName("");
    },
  });
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={300} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Tooltip label={t("inbox.save.title")} openDelay={400}>
          <ActionIcon variant="subtle" color={kept ? "city" : "gray"} size="lg" aria-label={t("inbox.save.title")} onClick={() => setOpened(!opened)}>
            <IconBookmark />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("inbox.save.title")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const wanted = { name: name.trim(), query };
            if (wanted.name) save.mutate((views) => [...views.filter((one) => one.query !== query), wanted]);
          }}
        >
          <Stack gap="xs">
            {kept ? <Text size="sm">{t("inbox.save.kept", { name: kept.name })}</Text> : null}
            <TextInput
              size="sm"
              label={t("inbox.save.name")}
              value={name}
              maxLength={60}
              required
              onChange={({ currentTarget: { value } }) => setName(value)}
            />
            {save.error ? <ProblemAlert error={save.error} /> : null}
            <Group justify="space-between">
              {kept ? (
                <Button
                  size="sm"
                  variant="subtle"
                  color="red"
                  leftSection={<IconX size={14} />}
                  onClick={() => save.mutate((views) => views.filter((one) => one.query !== query))}
                >
                  {t("inbox.save.remove")}
                </Button>
              ) : null}
              <Button size="sm" type="submit" loading={save.isPending} ml="auto">
                {t(kept ? "inbox.save.rename" : "common.save")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
