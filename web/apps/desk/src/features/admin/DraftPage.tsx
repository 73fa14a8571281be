import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Group, Stack, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { Loading } from "../board/states";
import classes from "./admin.module.css";
import { BaseAlert } from "./BaseAlert";
import { ChangeList } from "./ChangeList";
import { ConfirmButton } from "./ConfirmButton";
import { ProblemList } from "./ProblemList";
import { draftChangesOptions, draftsKey, headOptions, releasesKey, useMayEdit, useProblems, type Draft } from "./queries";
import { useOpenDraft } from "./useOpenDraft";

/** What a draft would change, what is wrong with it, and the way to put it in force. */
export function DraftPage() {
  const { t } = useTranslation();
  const draft = useOpenDraft();
  const mayEdit = useMayEdit();
  const open = draft.published_version === null;
  const problems = useProblems(draft);
  const changes = useQuery({ ...draftChangesOptions(draft.id, draft.revision), enabled: open });
  const head = useQuery(headOptions).data?.version ?? changes.data?.against;
  const behind = open && head !== undefined && head > draft.base_version;
  const ready = open && !behind && problems.data?.length === 0 && (changes.data?.changes.length ?? 0) > 0;
  return (
    <Stack>
      {behind && mayEdit ? <BaseAlert draft={draft} head={head} /> : null}
      {problems.error ? <ProblemAlert error={problems.error} onRetry={() => void problems.refetch()} /> : null}
      <ProblemList draftId={draft.id} problems={problems.data ?? []} />
      {open && mayEdit ? (
        <Group>
          {ready && changes.data ? <Publish draft={draft} against={changes.data.against} changes={changes.data.changes.length} /> : null}
          <ThrowAway draft={draft} />
        </Group>
      ) : null}
      {open ? (
        <section aria-labelledby="cambios">
          <Title order={2} size="h4" id="cambios" mb="xs">
            {t("admin.changes.title")}
          </Title>
          {changes.error ? <ProblemAlert error={changes.error} onRetry={() => void changes.refetch()} /> : null}
          {changes.isLoading ? <Loading /> : null}
          {changes.data ? <ChangeList changes={changes.data.changes} /> : null}
          {changes.data?.changes.length === 0 ? <p className={classes.text}>{t("admin.changes.begin")}</p> : null}
        </section>
      ) : null}
    </Stack>
  );
}

function Publish({ draft, against, changes }: { draft: Draft; against: number; changes: number }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const publish = async (note: string) => {
    try {
      const made = await dataOf(
        api.catalog.POST("/api/catalog/v1/drafts/{draft_id}/publish", {
          params: { path: { draft_id: draft.id } },
          body: { expected_version: against, note: note || draft.title },
        }),
      );
      say(t("admin.publish.done", { version: made.version }));
      await navigate({ to: "/administracion" });
    } finally {
      await client.invalidateQueries({ queryKey: releasesKey });
      await client.invalidateQueries({ queryKey: draftsKey });
    }
  };
  return (
    <ConfirmButton
      label={t("admin.publish.action")}
      title={t("admin.publish.title", { version: against + 1 })}
      text={t("admin.publish.text", { count: changes })}
      note={t("admin.publish.note")}
      action={publish}
    />
  );
}

function ThrowAway({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await dataOf(api.catalog.DELETE("/api/catalog/v1/drafts/{draft_id}", { params: { path: { draft_id: draft.id } } }));
    await client.invalidateQueries({ queryKey: draftsKey, exact: true });
    say(t("admin.drafts.removed", { title: draft.title }));
    await navigate({ to: "/administracion" });
  };
  return (
    <ConfirmButton
      label={t("admin.drafts.remove")}
      title={t("admin.drafts.removeTitle")}
      text={t("admin.drafts.removeText", { title: draft.title })}
      action={remove}
      button={{ variant: "default" }}
    />
  );
}
