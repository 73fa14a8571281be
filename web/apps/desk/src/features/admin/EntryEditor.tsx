import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ClashDialog } from "./ClashDialog";
import { Told } from "./fields/bound";
import { JsonField } from "./fields/JsonField";
import { EntryForm, hasForm } from "./forms/EntryForm";
import { LeaveGuard } from "./LeaveGuard";
import { isWithin, pointer } from "./pointer";
import { ProblemList } from "./ProblemList";
import { useMayEdit, useProblems, type Draft } from "./queries";
import classes from "./admin.module.css";
import { useEntry } from "./useEntry";

/** A part or an entry of a draft with its form, what is wrong in it, and the way to save it. */
export function EntryEditor({ draft, part, entry, tools }: { draft: Draft; part: string; entry?: string; tools?: React.ReactNode }) {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  const edit = useEntry(draft, part, entry);
  const [asJson, setAsJson] = useState(!hasForm(part));
  const [broken, setBroken] = useState(false);
  const all = useProblems(draft).data ?? [];
  const path = entry === undefined ? pointer(part) : pointer(part, entry);
  const problems = all.filter((problem) => isWithin(problem.path, path));
  const open = mayEdit && draft.published_version === null;
  const bound = { value: edit.value, onChange: edit.setValue, path };
  return (
    <Told value={{ problems, languages: draft.content.city?.languages ?? ["es"] }}>
      <form
        // What is wrong is told by the service, which knows all the rules, after it was saved.
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!broken) edit.save.mutate({});
        }}
      >
        <Stack>
          <ProblemList draftId={draft.id} problems={problems} here={path} />
          {hasForm(part) ? (
            <Group>
              <Button size="sm" variant="default" aria-pressed={asJson} disabled={broken} onClick={() => setAsJson(!asJson)}>
                {t(asJson ? "admin.json.asForm" : "admin.json.asJson")}
              </Button>
            </Group>
          ) : (
            <Text>{t("admin.json.only")}</Text>
          )}
          <fieldset disabled={!open} className={classes.form} aria-label={t("admin.editing")}>
            {asJson ? (
              <JsonField {...bound} label={t("admin.json.label")} onBroken={setBroken} />
            ) : (
              <EntryForm part={part} entry={entry ?? ""} draft={draft} saved={!edit.dirty} {...bound} />
            )}
          </fieldset>
          {edit.save.error ? <ProblemAlert error={edit.save.error} /> : null}
          {open ? (
            <Group className={classes.saveBar ?? ""}>
              <Button type="submit" loading={edit.save.isPending} disabled={!edit.dirty || broken}>
                {t("admin.save")}
              </Button>
              <Text size="sm" role="status">
                {t(edit.dirty ? "admin.unsaved" : "admin.allSaved")}
              </Text>
              {tools}
            </Group>
          ) : null}
        </Stack>
      </form>
      {edit.collision ? (
        <ClashDialog
          text={t("admin.clash.draft")}
          clashes={edit.collision.clashes}
          path={path}
          busy={edit.save.isPending}
          onChoose={(choices) => edit.save.mutate(choices)}
          onClose={edit.dismiss}
        />
      ) : null}
      <LeaveGuard dirty={edit.dirty && open} />
    </Told>
  );
}
