import { dataOf, Problem } from "@atiende/api";
import { IconPlus, ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { PasswordDialog } from "./PasswordDialog";
import { ProfileFields } from "./ProfileFields";
import { peopleKey, type Profile } from "./queries";

const NOBODY: Profile = { first_name: "", last_name: "", email: "", roles: ["agent"], units: [] };

/** Makes an account and tells its first password once. */
export function NewPerson() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [username, setUsername] = useState("");
  const [profile, setProfile] = useState(NOBODY);
  const create = useMutation({
    mutationFn: () => dataOf(api.admin.POST("/api/admin/v1/people", { body: { ...profile, username: username.trim() } })),
    onSuccess: () => {
      setOpen(false);
      setUsername("");
      setProfile(NOBODY);
      void client.invalidateQueries({ queryKey: peopleKey });
    },
  });
  const told = create.error instanceof Problem ? create.error.fields : {};
  return (
    <>
      <Button leftSection={<IconPlus size={18} />} onClick={() => setOpen(true)}>
        {t("people.add")}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} size="lg" title={t("people.add")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate();
          }}
        >
          <Stack>
            {create.error ? <ProblemAlert error={create.error} /> : null}
            <TextInput data-autofocus label={t("people.username")} description={t("people.usernameHelp")} maxLength={64} value={username} error={told["/username"]} autoComplete="off" onChange={(event) => setUsername(event.currentTarget.value)} />
            <ProfileFields value={profile} onChange={setProfile} error={create.error} />
            <Group>
              <Button type="submit" loading={create.isPending}>
                {t("people.create")}
              </Button>
              <Button variant="default" onClick={() => setOpen(false)}>
                {t("common.cancel")}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
      {create.data ? <PasswordDialog username={create.data.person.username} password={create.data.password} onClose={create.reset} /> : null}
    </>
  );
}
