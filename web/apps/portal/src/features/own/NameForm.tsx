import { ProblemAlert } from "@atiende/ui";
import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../cases/session";
import { correct } from "./record";
import styles from "./Own.module.css";

const MOST_CHARACTERS = 200;

/** How the city calls one. */
export function NameForm({ known }: { known: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [name, setName] = useState(known);
  const save = useMutation({
    mutationFn: () => correct({ display_name: name.trim() }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t("data.name")}
          description={t("data.nameHelp")}
          autoComplete="name"
          maxLength={MOST_CHARACTERS}
          value={name}
          onChange={(event) => {
            save.reset();
            setName(event.currentTarget.value);
          }}
        />
        {save.error ? <ProblemAlert error={save.error} /> : null}
        <div className={styles.row}>
          <Button type="submit" variant="default" loading={save.isPending}>
            {t("data.saveName")}
          </Button>
          <p role="status" className={styles.done}>
            {save.isSuccess ? t("data.saved") : ""}
          </p>
        </div>
      </Stack>
    </form>
  );
}
