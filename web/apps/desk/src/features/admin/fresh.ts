import type { Content, Procedure } from "./content";

/** What a new entry begins with; validation says what it still lacks. */
export function freshEntry(content: Content, part: string, name: string): unknown {
  const named = { [content.city.default_language]: name };
  switch (part) {
    case "units":
      return { name: named, email: "", phone: "", address: "", hours: {} };
    case "answers":
      return { topic: "", title: named, text: {} };
    case "faq":
      return { question: named, answer: {} };
    case "procedures":
      return freshProcedure(content, named, name);
    default:
      return { name: named };
  }
}

function freshProcedure(content: Content, named: Record<string, string>, name: string): Procedure {
  const first = <Entry>(entries: Record<string, Entry>) => Object.keys(entries)[0] ?? "";
  return {
    name: named, description: {}, audience: {}, category: "", unit: first(content.units), skills: [], priority: 2,
    public: true, online: true, workflow: first(content.workflows), keywords: [], strong_keywords: [],
    form: { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", title: name, additionalProperties: false, required: [], properties: {} },
    requirements: [], cost: {}, legal_basis: [], deadline: { kind: "working_days", amount: 15 },
    first_answer_minutes: 480, reopen_hours: 72, outcomes: [], channels: ["portal", "counter"],
  };
}
