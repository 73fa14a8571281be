import { dataOf, Problem } from "@atiende/api";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import type { Content } from "./content";
import { merge, same, type Choices, type Clash } from "./merge";
import { isRecord, valueAt } from "./pointer";
import { draftOptions, draftsKey, problemsOptions, type Draft, type Edited } from "./queries";

/** What somebody else wrote into the draft while this was being edited. */
export interface Collision {
  clashes: Clash[];
  theirs: unknown;
  revision: number;
}

const ATTEMPTS = 5;

/** One part or entry of a draft while it is edited: saved over what was read, or put together with what came since. */
export function useEntry(draft: Draft, part: string, key: string | undefined) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const read = valueAt(draft.content, key === undefined ? [part] : [part, key]);
  const [base, setBase] = useState({ value: read, revision: draft.revision });
  const [value, setValue] = useState(read);
  const [collision, setCollision] = useState<Collision>();

  const put = async (next: unknown, revision: number): Promise<Edited> => {
    const path = { draft_id: draft.id, section: part };
    const body = { revision, value: next };
    const edited = await (key === undefined
      ? dataOf(api.catalog.PUT("/api/catalog/v1/drafts/{draft_id}/sections/{section}", { params: { path }, body }))
      : dataOf(api.catalog.PUT("/api/catalog/v1/drafts/{draft_id}/sections/{section}/{key}", { params: { path: { ...path, key } }, body })));
    remember(edited, next);
    setBase({ value: next, revision: edited.draft.revision });
    setValue(next);
    setCollision(undefined);
    return edited;
  };

  const remember = (edited: Edited, next: unknown) => {
    client.setQueryData(draftOptions(draft.id).queryKey, (before) => before && { ...before, ...edited.draft, content: withEntry(before.content, part, key, next) });
    client.setQueryData(problemsOptions(draft.id, edited.draft.revision).queryKey, edited.problems);
    void client.invalidateQueries({ queryKey: draftsKey, exact: true });
  };

  /** Saves; what others changed elsewhere is kept, and what both changed is asked about. */
  const save = useMutation({
    mutationFn: async (choices: Choices) => {
      let theirs = collision?.theirs;
      let revision = collision?.revision ?? base.revision;
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const merged = revision === base.revision ? { value, clashes: [] } : merge(base.value, value, theirs, choices);
        if (merged.clashes.length > 0) {
          setCollision({ clashes: merged.clashes, theirs, revision });
          return;
        }
        try {
          const edited = await put(merged.value, revision);
          say(t(same(merged.value, value) ? "admin.saved" : "admin.savedTogether", { count: edited.problems.length }));
          return;
        } catch (error) {
          if (!(error instanceof Problem) || error.reason !== "DRAFT_CHANGED") throw error;
          const fresh = await client.fetchQuery({ ...draftOptions(draft.id), staleTime: 0 });
          theirs = valueAt(fresh.content, key === undefined ? [part] : [part, key]);
          revision = fresh.revision;
        }
      }
      throw new Problem(503, {});
    },
  });

  return { value, setValue, dirty: !same(value, base.value), save, collision, dismiss: () => setCollision(undefined), revision: base.revision };
}

function withEntry(content: Content, part: string, key: string | undefined, value: unknown): Content {
  if (key === undefined) return { ...content, [part]: value };
  const entries = (content as unknown as Record<string, unknown>)[part];
  return { ...content, [part]: { ...(isRecord(entries) ? entries : {}), [key]: value } };
}
