import { Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { NotFound } from "../../app/NotFound";
import { Mark } from "../board/BoardFrame";
import board from "../board/Page.module.css";
import classes from "./admin.module.css";
import { EntryEditor } from "./EntryEditor";
import { isAddable, NewEntry } from "./NewEntry";
import { entriesOf, nameOf, partBySlug, type Part } from "./parts";
import { isWithin, pointer } from "./pointer";
import { useMayEdit, useProblems, type Draft } from "./queries";
import { useFocusHere } from "./useFocusHere";
import { useOpenDraft } from "./useOpenDraft";

/** From here on a list is searched rather than read. */
const SEARCH_FROM = 10;

/** A part of a draft: its entries, or the part itself when it is one thing. */
export function PartPage() {
  const { part: slug = "" } = useParams({ strict: false });
  const draft = useOpenDraft();
  const part = partBySlug(slug);
  if (!part) return <NotFound />;
  return part.named ? <Entries key={part.id} draft={draft} part={part} /> : <Whole key={part.id} draft={draft} part={part} />;
}

function Whole({ draft, part }: { draft: Draft; part: Part }) {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={2} size="h4" tabIndex={-1} ref={useFocusHere()}>
        {t(`admin.part.${part.id}`)}
      </Title>
      <EntryEditor draft={draft} part={part.id} />
    </Stack>
  );
}

function Entries({ draft, part }: { draft: Draft; part: Part }) {
  const { t, i18n } = useTranslation();
  const mayEdit = useMayEdit();
  const problems = useProblems(draft).data ?? [];
  const [words, setWords] = useState("");
  const all = Object.entries(entriesOf(draft.content, part.id))
    .map(([key, entry]) => ({ key, name: nameOf(entry, key, i18n.language) }))
    .toSorted((a, b) => a.name.localeCompare(b.name, i18n.language));
  const wanted = plain(words);
  const shown = all.filter((one) => plain(`${one.name} ${one.key}`).includes(wanted));
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={2} size="h4" tabIndex={-1} ref={useFocusHere()}>
          {t(`admin.part.${part.id}`)}
        </Title>
        {mayEdit && draft.published_version === null && isAddable(part.id) ? <NewEntry draft={draft} part={part} /> : null}
      </Group>
      {all.length >= SEARCH_FROM ? <TextInput type="search" label={t("admin.search")} value={words} onChange={(event) => setWords(event.currentTarget.value)} maw={420} /> : null}
      <Text size="sm" role="status">
        {t("admin.entries", { count: shown.length })}
      </Text>
      <ul className={classes.entries}>
        {shown.map(({ key, name }) => {
          const count = problems.filter((problem) => isWithin(problem.path, pointer(part.id, key))).length;
          return (
            <li key={key} className={classes.entry}>
              <Link to="/administracion/borradores/$draft/$part/$key" params={{ draft: draft.id, part: part.slug, key }} className={classes.entryLink}>
                {name}
              </Link>
              {name === key ? null : <span className={board.quiet}>{key}</span>}
              <Mark count={count} label={t("admin.problems.count", { count })} />
            </li>
          );
        })}
      </ul>
    </Stack>
  );
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
