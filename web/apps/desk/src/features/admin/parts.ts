import type { Content } from "./content";

/** A part of a release as it is edited: `named` ones hold entries that have a page each. */
export interface Part {
  id: string;
  /** In addresses. */
  slug: string;
  named: boolean;
}

export const PARTS = [
  { id: "units", slug: "dependencias", named: true },
  { id: "calendar", slug: "calendario", named: false },
  { id: "procedures", slug: "tramites", named: true },
  { id: "answers", slug: "respuestas", named: true },
  { id: "faq", slug: "preguntas", named: true },
  { id: "templates", slug: "plantillas", named: true },
  { id: "skills", slug: "habilidades", named: true },
  { id: "workflows", slug: "flujos", named: true },
  { id: "surveys", slug: "encuestas", named: true },
  { id: "routing", slug: "reparto", named: false },
  { id: "crisis", slug: "crisis", named: false },
  { id: "city", slug: "ciudad", named: false },
] as const satisfies readonly Part[];

export type PartId = (typeof PARTS)[number]["id"];

export function partBySlug(slug: string): Part | undefined {
  return PARTS.find((part) => part.slug === slug);
}

export function partById(id: string): Part | undefined {
  return PARTS.find((part) => part.id === id);
}

/** What an entry is called: its name, title or question in a language; its key when it has none. */
export function nameOf(entry: unknown, key: string, language: string): string {
  const given = (entry ?? {}) as Partial<Record<"name" | "title" | "question", Record<string, string>>>;
  const texts = given.name ?? given.title ?? given.question;
  return (typeof texts === "object" && (texts[language] || texts["es"])) || key;
}

export function entriesOf(content: Content, part: string): Record<string, unknown> {
  const entries = (content as unknown as Record<string, unknown>)[part];
  return typeof entries === "object" && entries !== null && !Array.isArray(entries) ? (entries as Record<string, unknown>) : {};
}
