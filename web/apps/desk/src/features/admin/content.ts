/** A text in each of the city's languages. */
export type Texts = Readonly<Record<string, string>>;

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface Unit {
  name: Texts;
  email: string;
  phone: string;
  address: string;
  parent?: string;
  /** "07:30-12:00" by weekday; a day without spans is closed. */
  hours: Partial<Record<Weekday, string[]>>;
}

export interface Holiday {
  date: string;
  name: string;
}

export interface Calendar {
  source: string;
  years: number[];
  legal_weekdays: Weekday[];
  holidays: Holiday[];
}

export interface Skill {
  name: Texts;
}

export const STATE_KINDS = ["open", "waiting_citizen", "resolved", "closed"] as const;

export interface WorkflowState {
  id: string;
  kind: (typeof STATE_KINDS)[number];
  name: Texts;
  public_text: Texts;
}

export interface Workflow {
  initial: string;
  states: WorkflowState[];
  transitions: { id: string; name: Texts; from: string[]; to: string; roles: string[]; trigger?: string }[];
}

export interface Outcome {
  id: string;
  name: Texts;
  text: Texts;
  solved: boolean;
}

export const ASKED = ["none", "optional", "required"] as const;
export type Asked = (typeof ASKED)[number];
export const DEADLINE_KINDS = ["working_days", "working_hours", "hours"] as const;

export interface FormPage {
  id: string;
  title: Texts;
  help?: Texts;
  fields: string[];
}

/** A kind of case, as the release holds it. */
export interface Procedure {
  name: Texts;
  description: Texts;
  audience: Texts;
  category: string;
  unit: string;
  skills: string[];
  priority: number;
  public: boolean;
  online: boolean;
  workflow: string;
  keywords: string[];
  strong_keywords: string[];
  form: Record<string, unknown>;
  requirements: Texts[];
  cost: Texts;
  legal_basis: string[];
  deadline: { kind: (typeof DEADLINE_KINDS)[number]; amount: number };
  first_answer_minutes: number;
  reopen_hours: number;
  outcomes: Outcome[];
  pages?: FormPage[];
  place?: Asked;
  attachments?: Asked;
  channels?: string[];
  offices?: string[];
  steps?: Texts[];
  result?: Texts;
}

export interface TemplateParts {
  text: string;
  subject?: string;
}

export interface Template {
  variables: string[];
  texts: Record<string, Record<string, TemplateParts>>;
  whatsapp_template?: { name: string; parameters: string[] };
}

export interface Faq {
  question: Texts;
  answer: Texts;
  procedure?: string;
  keywords?: string[];
}

export interface ApprovedAnswer {
  topic: string;
  title: Texts;
  text: Texts;
  procedures?: string[];
  keywords?: string[];
}

/** What this application reads of a release; the catalog's schema is the whole truth. */
export interface Content {
  city: { name: Texts; default_language: string; languages: string[]; default_procedure: string };
  calendar: Calendar;
  units: Record<string, Unit>;
  skills: Record<string, Skill>;
  workflows: Record<string, Workflow>;
  procedures: Record<string, Procedure>;
  templates: Record<string, Template>;
  faq: Record<string, Faq>;
  answers?: Record<string, ApprovedAnswer>;
}

/** A text in a language, in Spanish or any other when it lacks that one. */
export function textOf(texts: Texts | undefined, language: string): string {
  return texts?.[language] ?? texts?.["es"] ?? Object.values(texts ?? {})[0] ?? "";
}
