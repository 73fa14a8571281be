import type { CaseView, ChannelCode, Status } from "../../data/types";

const STATUSES: readonly Status[] = ["open", "waiting_citizen", "resolved", "closed"];
export const CHANNELS: readonly ChannelCode[] = ["webchat", "whatsapp", "email", "portal", "open311", "kiosk", "counter"];
const SORTS = ["due", "newest", "updated"] as const;
export const FLAGS = [
  "overdue", "needs_answer", "undelivered", "emergency", "mailbox", "out_of_hours", "unreadable", "reopened",
] as const;

export type Sort = (typeof SORTS)[number];
export type Flag = (typeof FLAGS)[number];

/** What a link to a list asks for; the names are the service's own, so that a saved view is the link's query. */
export interface InboxSearch {
  status?: Status;
  unit?: string;
  assignee?: string;
  channel?: ChannelCode;
  procedure?: string;
  priority?: number;
  incident?: string;
  mentions?: "me";
  transfer?: "in" | "out";
  overdue?: true;
  needs_answer?: true;
  undelivered?: true;
  emergency?: true;
  mailbox?: true;
  out_of_hours?: true;
  unreadable?: true;
  reopened?: true;
  q?: string;
  sort?: Sort;
}

/** Reads a link; what the service would refuse is left out, so that an old or mistyped link still opens. */
export function validateSearch(raw: Record<string, unknown>): InboxSearch {
  const search: InboxSearch = {};
  const code = (value: unknown) => (typeof value === "string" && /^[a-z0-9][a-z0-9-]{0,62}$/.test(value) ? value : undefined);
  const among = <T extends string>(all: readonly T[], value: unknown) => all.find((one) => one === value);
  const words = typeof raw["q"] === "string" || typeof raw["q"] === "number" ? String(raw["q"]).trim().slice(0, 200) : "";
  const priority = Number(raw["priority"] ?? Number.NaN);
  put(search, "status", among(STATUSES, raw["status"]));
  put(search, "unit", code(raw["unit"]));
  put(search, "assignee", text(raw["assignee"], /^[A-Za-z0-9._:@-]{1,255}$/));
  put(search, "channel", among(CHANNELS, raw["channel"]));
  put(search, "procedure", code(raw["procedure"]));
  put(search, "priority", Number.isInteger(priority) && priority >= 0 && priority <= 4 ? priority : undefined);
  put(search, "incident", text(raw["incident"], /^[0-9a-z-]{1,64}$/));
  put(search, "mentions", among(["me"] as const, raw["mentions"]));
  put(search, "transfer", among(["in", "out"] as const, raw["transfer"]));
  put(search, "q", words || undefined);
  put(search, "sort", among(SORTS.slice(1), raw["sort"]));
  for (const flag of FLAGS) if (raw[flag] === true || raw[flag] === "true") search[flag] = true;
  return search;
}

function text(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === "string" && pattern.test(value) ? value : undefined;
}

function put<K extends keyof InboxSearch>(search: InboxSearch, name: K, value: InboxSearch[K] | undefined): void {
  if (value !== undefined) search[name] = value;
}

/** The same as the service's query. A search over words is newest first, whatever is asked. */
export function toQuery({ sort, ...search }: InboxSearch): InboxSearch {
  return sort && sort !== "due" && search.q === undefined ? { ...search, sort } : search;
}

export function without(search: InboxSearch, name: keyof InboxSearch): InboxSearch {
  return { ...search, [name]: undefined };
}

/** What narrows the list besides words and order: what can be taken away one by one. */
export function narrowing(search: InboxSearch): (keyof InboxSearch)[] {
  return (Object.keys(search) as (keyof InboxSearch)[]).filter((name) => name !== "q" && name !== "sort");
}

/**
 * Whether a case belongs in a list, as far as its row tells; undefined when only the service knows (words, mentions, and
 * transfers, which depend on the side one stands on).
 */
export function belongs(search: InboxSearch, row: CaseView, me: string): boolean | undefined {
  if (row.merged_into) return false;
  const active = row.status === "open" || row.status === "waiting_citizen";
  const wanted = search.status ? row.status === search.status : active || search.q !== undefined;
  const assignee = search.assignee === "me" ? me : search.assignee === "none" ? "" : search.assignee;
  const same =
    wanted &&
    (search.unit === undefined || row.unit_id === search.unit || row.transfer?.to_unit_id === search.unit) &&
    (assignee === undefined || row.assignee_id === assignee) &&
    (search.channel === undefined || row.channel === search.channel) &&
    (search.procedure === undefined || row.procedure === search.procedure) &&
    (search.priority === undefined || row.priority === search.priority) &&
    (search.incident === undefined || (search.incident === "any" ? row.incident_id !== "" : row.incident_id === search.incident)) &&
    (!search.transfer || row.transfer !== null) &&
    (!search.overdue || row.overdue) &&
    (!search.needs_answer || row.needs_answer) &&
    (!search.undelivered || row.undelivered) &&
    (!search.emergency || row.emergency) &&
    (!search.mailbox || (row.out_of_hours && row.first_answer_time === null)) &&
    (!search.out_of_hours || row.out_of_hours) &&
    (!search.unreadable || row.unreadable);
  if (!same) return false;
  return search.q !== undefined || search.mentions || search.transfer || search.reopened ? undefined : true;
}

/** Whether `row` stands before `other` in this order; the service's tie-break is the id. */
export function standsBefore(sort: Sort, row: CaseView, other: CaseView): boolean {
  const field = sort === "due" ? "next_due_time" : sort === "newest" ? "open_time" : "update_time";
  const difference = Date.parse(row[field]) - Date.parse(other[field]) || (row.case_id < other.case_id ? -1 : 1);
  return sort === "due" ? difference < 0 : difference > 0;
}
