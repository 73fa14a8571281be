import type { IconName } from "../../app/Icon";

interface Categorised {
  category: string;
  name: string;
}

/** By category, the larger ones first, names in order. */
export function byCategory<T extends Categorised>(procedures: readonly T[]): { category: string; items: T[] }[] {
  const groups = new Map<string, T[]>();
  for (const one of procedures) groups.set(one.category, [...(groups.get(one.category) ?? []), one]);
  return [...groups]
    .map(([category, items]) => ({ category, items: items.sort((a, b) => a.name.localeCompare(b.name, "es")) }))
    .sort((a, b) => b.items.length - a.items.length || a.category.localeCompare(b.category, "es"));
}

/** The deadline in plain words: a key of the catalogue of words with its count. */
export function deadlineKey(kind: "working_days" | "working_hours" | "hours"): string {
  return `procedure.deadline.${kind}`;
}

const WAYS: Record<string, IconName> = {
  portal: "document", webchat: "chat", whatsapp: "whatsapp", email: "mail", open311: "list", kiosk: "ticket", counter: "place", phone: "phone",
};

export function wayIcon(way: string): IconName {
  return WAYS[way] ?? "info";
}
