import { dataOf, Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import classes from "./admin.module.css";
import { ClashDialog } from "./ClashDialog";
import { merge, type Choices, type Clash } from "./merge";
import { draftOptions, draftsKey, releaseContentOptions, type Draft } from "./queries";

/** Others published since this draft was begun: publishing it as it is would undo their changes. */
export function BaseAlert({ draft, head }: { draft: Draft; head: number }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [clashes, setClashes] = useState<Clash[]>([]);
  const take = useMutation({
    mutationFn: async (choices: Choices) => {
      const [base, theirs] = await Promise.all([
        draft.base_version === 0 ? {} : client.fetchQuery(releaseContentOptions(draft.base_version)),
        client.fetchQuery(releaseContentOptions(head)),
      ]);
      const merged = merge(base, draft.content, theirs, choices);
      setClashes(merged.clashes);
      if (merged.clashes.length > 0) return;
      await dataOf(
        api.catalog.PUT("/api/catalog/v1/drafts/{draft_id}", {
          params: { path: { draft_id: draft.id } },
          body: { revision: draft.revision, title: draft.title, content: merged.value as Record<string, unknown>, base_version: head },
        }),
      );
      say(t("admin.base.done", { version: head }));
      await client.invalidateQueries({ queryKey: draftsKey });
    },
    // Somebody wrote into the draft meanwhile: the next attempt begins with that.
    onError: (error) => {
      if (error instanceof Problem && error.reason === "DRAFT_CHANGED") void client.invalidateQueries({ queryKey: draftOptions(draft.id).queryKey });
    },
  });
  return (
    <Alert color="yellow" variant="light" classNames={{ title: classes.warning ?? "" }} title={t("admin.base.title", { version: head })}>
      <Stack align="flex-start" gap="sm">
        <Text size="sm">{t("admin.base.text", { base: draft.base_version })}</Text>
        {take.error ? <ProblemAlert error={take.error} /> : null}
        <Button size="sm" loading={take.isPending} onClick={() => take.mutate({})}>
          {t("admin.base.action")}
        </Button>
      </Stack>
      {clashes.length > 0 ? (
        <ClashDialog text={t("admin.clash.release")} clashes={clashes} path="" busy={take.isPending} onChoose={(choices) => take.mutate(choices)} onClose={() => setClashes([])} />
      ) : null}
    </Alert>
  );
}
