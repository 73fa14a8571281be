import { dataOf } from "@atiende/api";
import { IconPlus, ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { freshEntry } from "./fresh";
import { entriesOf, type Part } from "./parts";
import { draftsKey, type Draft } from "./queries";

const KEY = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const ADDABLE: ReadonlySet<string> = new Set(["units", "skills", "answers", "faq", "procedures"]);

/** Whether people add and remove entries here; the others are named by the services themselves. */
export function isAddable(part: string): boolean {
  return ADDABLE.has(part);
}

/** Makes an entry with a name and the identifier that others will point to. */
export function NewEntry({ draft, part }: { draft: Draft; part: Part }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={18} />} onClick={() => setOpen(true)}>
        {t(`admin.entry.new.${part.id}`)}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={t(`admin.entry.new.${part.id}`)} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Form draft={draft} part={part} onClose={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function Form({ draft, part, onClose }: { draft: Draft; part: Part; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [given, setKey] = useState("");
  const [asked, setAsked] = useState(false);
  const key = given || slugOf(name);
  const entries = entriesOf(draft.content, part.id);
  const nameError = name.trim() === "" ? t("schemaForm.fault.required") : undefined;
  const keyError = key in entries ? t("admin.entry.keyTaken") : KEY.test(key) ? undefined : t("admin.entry.keyWrong");
  const add = useMutation({
    mutationFn: () =>
      dataOf(
        api.catalog.PUT("/api/catalog/v1/drafts/{draft_id}/sections/{section}/{key}", {
          params: { path: { draft_id: draft.id, section: part.id, key } },
          body: { revision: draft.revision, value: freshEntry(draft.content, part.id, name.trim()) },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: draftsKey });
      await navigate({ to: "/administracion/borradores/$draft/$part/$key", params: { draft: draft.id, part: part.slug, key } });
    },
    // Somebody else wrote meanwhile: what they wrote is loaded, and the same button works again.
    onError: () => void client.invalidateQueries({ queryKey: draftsKey }),
  });
  return (
    <Stack
      component="form"
      onSubmit={(event: React.FormEvent) => {
        event.preventDefault();
        setAsked(true);
        if (!nameError && !keyError) add.mutate();
      }}
    >
      <TextInput data-autofocus label={t("admin.entry.name")} maxLength={200} value={name} error={asked ? nameError : undefined} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput label={t("admin.entry.key")} description={t("admin.entry.keyHelp")} maxLength={64} value={key} error={asked ? keyError : undefined} onChange={(event) => setKey(event.currentTarget.value)} />
      {add.error ? <ProblemAlert error={add.error} /> : null}
      <Group>
        <Button type="submit" loading={add.isPending}>
          {t("admin.list.add")}
        </Button>
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
      </Group>
    </Stack>
  );
}

function slugOf(name: string): string {
  return name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64);
}
