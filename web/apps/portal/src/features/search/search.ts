import type { CatalogSchemas } from "@atiende/api";
import type { FaqEntry, Found } from "../procedures/queries";

export type ProcedureSummary = CatalogSchemas["schemas"]["ProcedureSummary"];

/** Without case, accents and what is neither letter nor digit. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

// Words that say nothing of the matter.
const EMPTY = new Set(
  "a al con como de del donde el en es esta hay la las lo los me mi necesito no o para pedir por que quiero se sin su un una y the of my how to i an in for is".split(" "),
);

export function tokens(text: string): string[] {
  const all = fold(text).split(" ").filter(Boolean);
  const telling = all.filter((word) => !EMPTY.has(word));
  return telling.length > 0 ? telling : all;
}

/** Procedures that answer a question, best first: a word of the name weighs more than one of the description. */
export function matchProcedures(procedures: readonly ProcedureSummary[], question: string): ProcedureSummary[] {
  const wanted = tokens(question);
  const scored = procedures.map((procedure) => ({ procedure, score: score(procedure, wanted) }));
  // One word of five that happens to stand in a long description is no answer.
  const least = Math.max(1, ...scored.map((one) => one.score / 2));
  return scored
    .filter((one) => one.score >= least)
    .sort((one, other) => other.score - one.score || one.procedure.name.localeCompare(other.procedure.name))
    .map(({ procedure }) => procedure);
}

function score(procedure: ProcedureSummary, wanted: readonly string[]): number {
  const name = fold(procedure.name).split(" ");
  const rest = fold(`${procedure.description} ${procedure.category} ${procedure.unit.name} ${procedure.audience}`).split(" ");
  return wanted.reduce((total, word) => total + (begins(name, word) ? 3 : begins(rest, word) ? 1 : 0), 0);
}

// "luminarias" finds "luminaria" and the other way round: the end of a word is where Spanish bends it.
function begins(words: readonly string[], wanted: string): boolean {
  const stem = wanted.length > 4 ? wanted.replace(/(es|s|e)$/, "") : wanted;
  return words.some((word) => word.startsWith(stem));
}

/** A text in pieces, of which those that were looked for are marked. */
export type Pieces = Found["title"];

export interface Hits {
  procedures: { code: string; name: Pieces; text: Pieces }[];
  answers: { key: string; question: Pieces; answer: string; procedure: string | null }[];
}

/** What the city found, with whole answers where the page knows them. */
export function hitsOf(found: readonly Found[], faq: readonly FaqEntry[]): Hits {
  const wholes = new Map(faq.map((one) => [one.key, one.answer]));
  return {
    procedures: found.filter((one) => one.kind === "procedure").map((one) => ({ code: one.key, name: one.title, text: one.snippet })),
    answers: found
      .filter((one) => one.kind === "faq")
      .map((one) => ({ key: one.key, question: one.title, answer: wholes.get(one.key) ?? one.snippet.map((piece) => piece.text).join(""), procedure: one.procedure })),
  };
}

/** What the page finds by itself among the procedures that it has, for when the city cannot be asked. */
export function ownHits(procedures: readonly ProcedureSummary[], question: string): Hits {
  const plain = (text: string): Pieces => [{ text, hit: false }];
  return {
    procedures: matchProcedures(procedures, question).map((one) => ({ code: one.code, name: plain(one.name), text: plain(one.description) })),
    answers: [],
  };
}
