import { IconNote } from "@atiende/ui";
import { Button, Group, MultiSelect, Stack, Text, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../../data/cases";
import type { CaseDetail } from "../../../data/types";
import { useDraft } from "../../drafts/useDrafts";
import { send } from "../sending";
import { lengthOf } from "./ways";

const MOST = 10_000;
const MOST_CALLED = 20;

/**
 * A note that only staff sees. Colleagues are called in a field of their own, which "@" in the text leads to: the one
 * combobox that every screen reader knows how to use.
 */
export function NoteBox({ open, input }: { open: CaseDetail; input: RefObject<HTMLTextAreaElement | null> }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [draft, change] = useDraft(open.case_id);
  const people = useQuery(caseQueries.people(open.case_id)).data?.items ?? [];
  const picker = useRef<HTMLInputElement>(null);
  // Where an "@" was typed that waits for its name.
  const [at, setAt] = useState<number>();
  const length = lengthOf(draft.note);
  const ready = length > 0 && length <= MOST;

  const submit = () => {
    if (ready) send(client, open.case_id, { kind: "note", text: draft.note.trim(), channel: null, template: null, files: [], mentions: draft.mentions });
  };
  const call = (subjects: string[]) => {
    const called = subjects.flatMap((subject) => {
      const known = people.find((one) => one.subject === subject) ?? draft.mentions.find((one) => one.subject === subject);
      return known ? [{ subject, name: known.name }] : [];
    });
    const added = called.find((one) => !draft.mentions.some((known) => known.subject === one.subject));
    change({ mentions: called });
    if (at === undefined || !added) return;
    const name = `${added.name} `;
    change({ note: `${draft.note.slice(0, at)}${name}${draft.note.slice(at)}` });
    back(at + name.length);
  };
  const back = (cursor: number) => {
    setAt(undefined);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(cursor, cursor);
    });
  };
  return (
    <form
      aria-label={t("case.write.note")}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap={6}>
        <Text size="xs">{t("case.noteOnly")}</Text>
        <Textarea
          ref={input}
          size="sm"
          autosize
          minRows={2}
          maxRows={10}
          aria-label={t("case.write.note")}
          placeholder={t("case.write.noteHint")}
          value={draft.note}
          error={length > MOST ? t("case.write.tooLong", { count: length - MOST }) : undefined}
          onChange={({ currentTarget: { value, selectionStart } }) => {
            const typed = value.length === draft.note.length + 1 && value[selectionStart - 1] === "@";
            const begins = selectionStart < 2 || /\s/.test(value[selectionStart - 2] ?? "");
            change({ note: value });
            if (!typed || !begins) return;
            setAt(selectionStart);
            picker.current?.focus();
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
            if (event.key === "Escape") input.current?.blur();
          }}
        />
        <MultiSelect
          ref={picker}
          size="sm"
          label={t("case.mention.label")}
          description={t("case.mention.help")}
          searchable
          hidePickedOptions
          maxValues={MOST_CALLED}
          openOnFocus={at !== undefined}
          data={people.map(({ subject, name }) => ({ value: subject, label: name }))}
          value={draft.mentions.map((one) => one.subject)}
          nothingFoundMessage={t("case.mention.nobody")}
          comboboxProps={{ position: "top-start" }}
          onChange={call}
          onKeyDown={(event) => {
            if (event.key === "Escape" && at !== undefined) back(at);
          }}
          onBlur={() => setAt(undefined)}
        />
        <Group gap="xs" justify="space-between">
          <Text size="xs" c="dimmed">
            {t("case.write.kept")}
          </Text>
          <Button size="sm" type="submit" disabled={!ready} leftSection={<IconNote size={16} />}>
            {t("case.write.save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
