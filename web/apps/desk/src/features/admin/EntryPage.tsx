import { dataOf } from "@atiende/api";
import { Group, Stack, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { NotFound } from "../../app/NotFound";
import { say } from "../../app/toasts";
import board from "../board/Page.module.css";
import { ConfirmButton } from "./ConfirmButton";
import { EntryEditor } from "./EntryEditor";
import { isAddable } from "./NewEntry";
import { entriesOf, nameOf, partBySlug, type Part } from "./parts";
import { draftsKey, type Draft } from "./queries";
import { useFocusHere } from "./useFocusHere";
import { useOpenDraft } from "./useOpenDraft";

/** One unit, procedure, question … of a draft. */
export function EntryPage() {
  const { part: slug = "", key = "" } = useParams({ strict: false });
  const draft = useOpenDraft();
  const part = partBySlug(slug);
  if (!part?.named || !(key in entriesOf(draft.content, part.id))) return <NotFound />;
  return <Entry key={`${part.id}/${key}`} draft={draft} part={part} entry={key} />;
}

function Entry({ draft, part, entry }: { draft: Draft; part: Part; entry: string }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const name = nameOf(entriesOf(draft.content, part.id)[entry], entry, i18n.language);
  const params = { draft: draft.id, part: part.slug };
  const remove = async () => {
    await dataOf(
      api.catalog.DELETE("/api/catalog/v1/drafts/{draft_id}/sections/{section}/{key}", {
        params: { path: { draft_id: draft.id, section: part.id, key: entry }, query: { revision: draft.revision } },
      }),
    );
    say(t("admin.entry.removed", { name }));
    await navigate({ to: "/administracion/borradores/$draft/$part", params, ignoreBlocker: true });
    await client.invalidateQueries({ queryKey: draftsKey });
  };
  return (
    <Stack>
      <Group gap="xs">
        <Title order={2} size="h4" tabIndex={-1} ref={useFocusHere()}>
          {name}
        </Title>
        <Link to="/administracion/borradores/$draft/$part" params={params} className={board.link}>
          {t("admin.entry.all", { part: t(`admin.part.${part.id}`) })}
        </Link>
      </Group>
      <EntryEditor
        draft={draft}
        part={part.id}
        entry={entry}
        tools={
          isAddable(part.id) ? (
            <ConfirmButton
              label={t("admin.entry.remove")}
              title={t("admin.entry.removeTitle", { name })}
              text={t("admin.entry.removeText")}
              action={remove}
              button={{ variant: "subtle", color: "red" }}
            />
          ) : null
        }
      />
    </Stack>
  );
}
