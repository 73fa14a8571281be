import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useImperativeHandle, useRef, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../auth/context";
import type { CaseView } from "../../data/types";
import { usePreferences } from "../../settings/preferences";
import { useDraftIds } from "../drafts/useDrafts";
import { useReadMarks } from "../drafts/useReadMarks";
import classes from "./CaseList.module.css";
import { CaseRow } from "./CaseRow";

export interface ListHandle {
  /** Brings a row into view and, when asked, the keyboard to it. */
  show: (index: number, focus: boolean) => void;
  /** The last row that was in view. */
  seenTo: () => number;
  toTop: () => void;
}

interface Props {
  rows: readonly CaseView[];
  activeId: string | undefined;
  openId: string | undefined;
  more: boolean;
  onMore: () => void;
  hrefOf: (caseId: string) => string;
  onOpen: (caseId: string) => void;
  onLook: (caseId: string) => void;
  onActive: (caseId: string) => void;
  /** A key pressed within the list; true when it meant something. */
  onKey: (key: string) => boolean;
  handle: RefObject<ListHandle | null>;
}

/** Rows in hand before the end at which the next page is asked for. */
const AHEAD = 30;

/** Rows as many as are seen, however long the list is. */
export function CaseList({ rows, activeId, openId, more, onMore, hrefOf, onOpen, onLook, onActive, onKey, handle }: Props) {
  const { t } = useTranslation();
  const { subject } = useSession();
  const [{ density }] = usePreferences();
  const scroller = useRef<HTMLDivElement>(null);
  const drafts = useDraftIds();
  const isUnread = useReadMarks();
  // eslint-disable-next-line react-hooks/incompatible-library -- nothing here is memoised by a compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (density === "compact" ? 56 : 100),
    getItemKey: (index) => rows[index]?.case_id ?? index,
    overscan: 6,
    // A key that scrolls by a row draws once, with what else it changed.
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= rows.length - AHEAD) onMore();
  }, [more, last, rows.length, onMore]);
  useEffect(() => virtual.measure(), [virtual, density]);
  useImperativeHandle(handle, () => ({
    show: (index, focus) => {
      virtual.scrollToIndex(index, { align: "auto" });
      if (focus) focusRow(scroller.current, index);
    },
    seenTo: () => virtual.range?.endIndex ?? 0,
    toTop: () => virtual.scrollToOffset(0),
  }));
  useKeysWithin(scroller, onKey);
  const active = activeId && rows.some((row) => row.case_id === activeId) ? activeId : rows[0]?.case_id;
  return (
    <div ref={scroller} className={classes.scroller} data-density={density}>
      <ul className={classes.rows} style={{ height: virtual.getTotalSize() }} aria-label={t("inbox.list")}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={classes.place}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-setsize={more ? -1 : rows.length}
              aria-posinset={item.index + 1}
            >
              <CaseRow
                row={row}
                index={item.index}
                active={row.case_id === active}
                open={row.case_id === openId}
                unread={isUnread(row)}
                draft={drafts.has(row.case_id)}
                mine={row.assignee_id === subject}
                href={hrefOf(row.case_id)}
                onOpen={onOpen}
                onLook={onLook}
                onActive={onActive}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function useKeysWithin(place: RefObject<HTMLElement | null>, onKey: (key: string) => boolean): void {
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    const element = place.current;
    const pressed = (event: KeyboardEvent) => {
      const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
      if (!modified && latest.current(event.key)) event.preventDefault();
    };
    element?.addEventListener("keydown", pressed);
    return () => element?.removeEventListener("keydown", pressed);
  }, [place]);
}

/** The row may be drawn a moment after it was scrolled to. */
function focusRow(scroller: HTMLElement | null, index: number, tries = 10): void {
  const row = scroller?.querySelector<HTMLElement>(`a[data-index="${index}"]`);
  if (row) row.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(scroller, index, tries - 1));
}
