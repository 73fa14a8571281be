import { useCallback, useEffect, useRef, useState, type RefObject } from "react";
import type { CaseView } from "../../data/types";
import { useShortcuts } from "../../keyboard/useShortcuts";
import { useClaim } from "../case/useClaim";
import type { ListHandle } from "./CaseList";

interface Options {
  rows: readonly CaseView[];
  activeId: string | undefined;
  openId: string | undefined;
  /** Whether a case is shown beside the list: then it follows the keyboard. */
  beside: boolean;
  onActive: (caseId: string) => void;
  open: (caseId: string, intent?: string) => void;
  handle: RefObject<ListHandle | null>;
}

/** Holding j down passes over cases without opening each. */
const FOLLOW_MS = 90;

/** The keyboard of the list; returns what the list's own keys do. A row that disappears leaves its place to the next. */
export function useListKeys({ rows, activeId, openId, beside, onActive, open, handle }: Options): (key: string) => boolean {
  const claim = useClaim();
  const [place, setPlace] = useState(0);
  const found = rows.findIndex((row) => row.case_id === activeId);
  if (found >= 0 && found !== place) setPlace(found);
  // Without a row of its own the keyboard stands where the last one was: "next" is what took its place.
  const here = found >= 0 ? found : Math.min(place, rows.length - 1);
  const follow = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(follow.current), []);

  const go = useCallback(
    (wanted: number) => {
      const index = Math.min(Math.max(wanted, 0), rows.length - 1);
      const row = rows[index];
      if (!row) return;
      onActive(row.case_id);
      handle.current?.show(index, true);
      if (!beside) return;
      clearTimeout(follow.current);
      follow.current = setTimeout(() => open(row.case_id), FOLLOW_MS);
    },
    [rows, onActive, handle, beside, open],
  );
  const next = () => go(activeId === undefined ? 0 : found >= 0 ? found + 1 : here);
  const withRow = (act: (row: CaseView) => void) => () => {
    const row = rows[here];
    if (row) act(row);
  };
  const inCase = (keys: string, intent: string) => ({
    keys: [keys],
    label: `inbox.key.${intent}`,
    group: "list" as const,
    run: withRow((row) => open(row.case_id, intent)),
  });
  useShortcuts([
    { keys: ["j"], label: "inbox.key.next", group: "list", run: next },
    { keys: ["k"], label: "inbox.key.previous", group: "list", run: () => go(here - 1) },
    { keys: ["o", "Enter"], label: "inbox.key.open", group: "list", run: withRow((row) => open(row.case_id, "read")) },
  ]);
  useShortcuts(
    [
      { keys: ["c"], label: "inbox.key.claim", group: "list", run: withRow((row) => claim(row)) },
      inCase("r", "reply"),
      inCase("n", "note"),
      inCase("e", "resolve"),
      inCase("t", "transfer"),
    ],
    openId === undefined,
  );
  // Within the list the arrows move from row to row; elsewhere they scroll as ever.
  const moves: Record<string, () => void> = {
    ArrowDown: next,
    ArrowUp: () => go(here - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
  };
  return (key) => {
    moves[key]?.();
    return key in moves;
  };
}
