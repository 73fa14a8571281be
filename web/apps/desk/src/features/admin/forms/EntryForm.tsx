import type { ApprovedAnswer, Calendar, Faq, Procedure, Skill, Template, Unit } from "../content";
import type { Bound } from "../fields/bound";
import { isRecord } from "../pointer";
import type { Draft } from "../queries";
import { CalendarForm } from "./CalendarForm";
import { ProcedureForm } from "./procedure/ProcedureForm";
import { AnswerForm, FaqForm, SkillForm, UnitForm } from "./simple";
import { TemplateForm } from "./TemplateForm";

const FORMS: ReadonlySet<string> = new Set(["units", "skills", "answers", "faq", "calendar", "templates", "procedures"]);

/** Whether people can fill in this part; the others are JSON for those who know them. */
export function hasForm(part: string): boolean {
  return FORMS.has(part);
}

interface Props extends Bound<unknown> {
  part: string;
  entry: string;
  draft: Draft;
  /** Nothing was written since it was saved: what the service shows is what stands here. */
  saved: boolean;
}

/** The form of a part. */
export function EntryForm({ part, entry, draft, saved, ...bound }: Props) {
  const given = { ...bound, value: isRecord(bound.value) ? bound.value : {} };
  const shared = { content: draft.content, entry };
  switch (part) {
    case "units":
      return <UnitForm {...shared} {...(given as unknown as Bound<Unit>)} />;
    case "skills":
      return <SkillForm {...shared} {...(given as unknown as Bound<Skill>)} />;
    case "answers":
      return <AnswerForm {...shared} {...(given as unknown as Bound<ApprovedAnswer>)} />;
    case "faq":
      return <FaqForm {...shared} {...(given as unknown as Bound<Faq>)} />;
    case "templates":
      return <TemplateForm {...shared} draftId={draft.id} saved={saved} {...(given as unknown as Bound<Template>)} />;
    case "procedures":
      return <ProcedureForm {...shared} {...(given as unknown as Bound<Procedure>)} />;
    default:
      return <CalendarForm {...(given as unknown as Bound<Calendar>)} />;
  }
}
