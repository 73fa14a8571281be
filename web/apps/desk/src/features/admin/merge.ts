import { isRecord, pointer } from "./pointer";

/** What two people made of the same thing. */
export interface Clash {
  path: string;
  mine: unknown;
  theirs: unknown;
}

export type Choice = "mine" | "theirs";
export type Choices = Readonly<Record<string, Choice>>;

export interface Merged {
  value: unknown;
  /** Where nobody has chosen yet; the value holds mine there. */
  clashes: Clash[];
}

/**
 * Puts two versions of a document together, by what each changed in the one that both began with.
 *
 * Entries are compared by key, and items of a list that have an id or a date by that; any other list is one thing.
 */
export function merge(base: unknown, mine: unknown, theirs: unknown, choices: Choices = {}, at: readonly string[] = []): Merged {
  if (same(mine, theirs) || same(base, theirs)) return { value: mine, clashes: [] };
  if (same(base, mine)) return { value: theirs, clashes: [] };
  if (isRecord(mine) && isRecord(theirs)) return mergeRecords(isRecord(base) ? base : {}, mine, theirs, choices, at);
  const key = commonKey(mine, theirs, base ?? []);
  if (key) return mergeLists(key, (base ?? []) as Item[], mine as Item[], theirs as Item[], choices, at);
  const path = pointer(...at);
  const chosen = choices[path];
  if (chosen) return { value: chosen === "mine" ? mine : theirs, clashes: [] };
  return { value: mine, clashes: [{ path, mine, theirs }] };
}

type Entries = Record<string, unknown>;

function mergeRecords(base: Entries, mine: Entries, theirs: Entries, choices: Choices, at: readonly string[]): Merged {
  const clashes: Clash[] = [];
  const value: Entries = {};
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const part = merge(base[key], mine[key], theirs[key], choices, [...at, key]);
    clashes.push(...part.clashes);
    if (part.value !== undefined) value[key] = part.value;
  }
  return { value, clashes };
}

type Item = Record<string, unknown>;
type ItemKey = "id" | "date";

function commonKey(...lists: readonly unknown[]): ItemKey | undefined {
  return (["id", "date"] as const).find((key) => lists.every((list) => isKeyed(list, key)));
}

function isKeyed(list: unknown, key: ItemKey): boolean {
  if (!Array.isArray(list)) return false;
  const keys = list.map((item) => (isRecord(item) ? item[key] : undefined));
  return keys.every((one) => typeof one === "string") && new Set(keys).size === keys.length;
}

/** Whoever changed the order keeps it; what the other one added comes behind. */
function mergeLists(key: ItemKey, base: Item[], mine: Item[], theirs: Item[], choices: Choices, at: readonly string[]): Merged {
  const byKey = (list: Item[]) => Object.fromEntries(list.map((item) => [String(item[key]), item]));
  const merged = mergeRecords(byKey(base), byKey(mine), byKey(theirs), choices, at);
  const value = merged.value as Record<string, Item>;
  const order = [...mine, ...theirs].map((item) => String(item[key]));
  const items = [...new Set(order)].flatMap((one) => (one in value ? [value[one]] : []));
  return { value: key === "date" ? items.toSorted((a, b) => String(a?.["date"]).localeCompare(String(b?.["date"]))) : items, clashes: merged.clashes };
}

/** Equal as JSON; the order of keys says nothing. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (!isRecord(one) || !isRecord(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => same(one[key], other[key]));
}
