import { IconAlert, IconBell, IconClock, IconInbox, IconLink, IconPause, IconReply, IconSiren, IconTransfer, IconUser, IconUsers, IconCheckCircle, IconHistory, type Icon } from "@atiende/ui";
import { toQuery, validateSearch, type InboxSearch } from "./filter";

/** A list that everybody knows by name; its link is its filter. */
export interface View {
  id: string;
  search: InboxSearch;
  icon: Icon;
  /** Name of its number among the counts. */
  count?: string;
  /** Shown only while there is something in it. */
  seldom?: boolean;
  /** The second key of "g …". */
  key?: string;
}

export const VIEWS: readonly View[] = [
  { id: "open", search: {}, icon: IconInbox, count: "open", key: "i" },
  { id: "mine", search: { assignee: "me" }, icon: IconUser, count: "mine", key: "m" },
  { id: "unassigned", search: { assignee: "none" }, icon: IconUsers, count: "unassigned", key: "u" },
  { id: "needs_answer", search: { needs_answer: true }, icon: IconReply, count: "needs_answer", key: "r" },
  { id: "overdue", search: { overdue: true }, icon: IconClock, count: "overdue", key: "v" },
  { id: "emergency", search: { emergency: true }, icon: IconSiren, count: "emergency", seldom: true },
  { id: "mentions", search: { mentions: "me" }, icon: IconBell, count: "mentions", seldom: true },
  { id: "transfer_in", search: { transfer: "in" }, icon: IconTransfer, count: "transfer_in", seldom: true },
  { id: "transfer_out", search: { transfer: "out" }, icon: IconTransfer, count: "transfer_out", seldom: true },
  { id: "undelivered", search: { undelivered: true }, icon: IconAlert, count: "undelivered", seldom: true },
  { id: "mailbox", search: { mailbox: true }, icon: IconHistory, count: "mailbox", seldom: true },
  { id: "incident", search: { incident: "any" }, icon: IconLink, count: "incident", seldom: true },
  { id: "waiting_citizen", search: { status: "waiting_citizen" }, icon: IconPause, count: "waiting_citizen" },
  { id: "resolved", search: { status: "resolved", sort: "updated" }, icon: IconCheckCircle },
];

/** The query of a link, in one order of names, so that equal lists have equal texts. */
export function queryOf(search: InboxSearch): string {
  const given = Object.entries(toQuery(search)).filter(([, value]) => value !== undefined);
  const named = given.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new URLSearchParams(named.map(([name, value]) => [name, String(value)])).toString();
}

export function searchOf(query: string): InboxSearch {
  return validateSearch(Object.fromEntries(new URLSearchParams(query)));
}

export function isSameList(a: InboxSearch, b: InboxSearch): boolean {
  return listName(a) === listName(b);
}

/** Equal for searches that show the same cases, in whatever order. */
export function listName(search: InboxSearch): string {
  return queryOf({ ...search, sort: undefined });
}
