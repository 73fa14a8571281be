import { useCallback, useEffect, useSyncExternalStore } from "react";
import { useSession } from "../../auth/context";
import { changeDraft, draftIds, draftOf, loadDrafts, watchDrafts, type Draft } from "./drafts";

/** The cases in which this person has something unsent. */
export function useDraftIds(): ReadonlySet<string> {
  const { subject } = useSession();
  useEffect(() => void loadDrafts(subject), [subject]);
  return useSyncExternalStore(watchDrafts, draftIds);
}

export function useDraft(caseId: string): [Draft, (change: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => void] {
  const { subject } = useSession();
  useEffect(() => void loadDrafts(subject), [subject]);
  const draft = useSyncExternalStore(watchDrafts, () => draftOf(caseId));
  const change = useCallback((wanted: Parameters<typeof changeDraft>[1]) => changeDraft(caseId, wanted), [caseId]);
  return [draft, change];
}
