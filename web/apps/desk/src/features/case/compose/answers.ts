import type { TFunction } from "i18next";
import type { Suggestion } from "../../../data/types";

/** Words without accents and capitals, as people type them in haste. */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{Diacritic}/gu, "").toLowerCase();
}

/** The answers in which every word that is sought occurs. */
export function matching(all: readonly Suggestion[], sought: string): Suggestion[] {
  const words = plain(sought).split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const said = plain(`${one.topic} ${one.title} ${one.text}`);
    return words.every((word) => said.includes(word));
  });
}

export interface Topic {
  topic: string;
  items: Suggestion[];
}

/** By topic, in the order in which the service ranked the first of each. */
export function topicsOf(found: readonly Suggestion[], t: TFunction): Topic[] {
  const groups = new Map<string, Suggestion[]>();
  for (const one of found) {
    const topic = one.kind === "answer" ? one.topic : t(`case.answers.${one.kind}`);
    groups.set(topic, [...(groups.get(topic) ?? []), one]);
  }
  return [...groups].map(([topic, items]) => ({ topic, items }));
}
