import { dataOf } from "@atiende/api";
import { IconPlus, ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { draftsKey } from "./queries";

/** Begins a draft from what is in force. */
export function NewDraft() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState("");
  const [asked, setAsked] = useState(false);
  const begin = useMutation({
    mutationFn: () => dataOf(api.catalog.POST("/api/catalog/v1/drafts", { body: { title: title.trim() } })),
    onSuccess: async (draft) => {
      await client.invalidateQueries({ queryKey: draftsKey, exact: true });
      await navigate({ to: "/administracion/borradores/$draft", params: { draft: draft.id } });
    },
  });
  const error = asked && title.trim() === "" ? t("schemaForm.fault.required") : undefined;
  return (
    <>
      <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen(true)}>
        {t("admin.drafts.begin")}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title={t("admin.drafts.begin")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <Stack
          component="form"
          onSubmit={(event: React.FormEvent) => {
            event.preventDefault();
            setAsked(true);
            if (title.trim() !== "") begin.mutate();
          }}
        >
          <TextInput data-autofocus label={t("admin.drafts.titleLabel")} description={t("admin.drafts.titleHelp")} maxLength={200} value={title} error={error} onChange={(event) => setTitle(event.currentTarget.value)} />
          {begin.error ? <ProblemAlert error={begin.error} /> : null}
          <Group>
            <Button type="submit" loading={begin.isPending}>
              {t("admin.drafts.beginAction")}
            </Button>
            <Button variant="default" onClick={() => setOpen(false)}>
              {t("common.cancel")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
