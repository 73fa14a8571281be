import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ApprovedAnswer, Content, Faq, Skill, Unit } from "../content";
import { bindFields, type Bound } from "../fields/bound";
import { ChoiceField, ManyField } from "../fields/choice";
import { HoursField } from "../fields/hours";
import { LinesField, TextField, TextsField } from "../fields/text";
import { useOptions } from "./options";

export interface FormProps<Value> extends Bound<Value> {
  content: Content;
  /** Key of the entry. */
  entry: string;
}

export function UnitForm({ content, entry, ...bound }: FormProps<Unit>) {
  const { t } = useTranslation();
  const field = bindFields(bound);
  const units = useOptions(content, "units").filter((one) => one.value !== entry);
  return (
    <Stack>
      <TextsField label={t("admin.unit.name")} {...field("name")} onChange={(next) => field("name").onChange(next ?? {})} />
      <TextField label={t("admin.unit.email")} type="email" {...field("email")} />
      <TextField label={t("admin.unit.phone")} {...field("phone")} />
      <TextField label={t("admin.unit.address")} {...field("address")} />
      <ChoiceField label={t("admin.unit.parent")} {...field("parent")} options={units} none={t("admin.unit.noParent")} />
      <HoursField {...field("hours")} />
    </Stack>
  );
}

export function SkillForm(bound: FormProps<Skill>) {
  const { t } = useTranslation();
  const name = bindFields<Skill>(bound)("name");
  return <TextsField label={t("admin.skill.name")} {...name} onChange={(next) => name.onChange(next ?? {})} />;
}

export function AnswerForm({ content, ...bound }: FormProps<ApprovedAnswer>) {
  const { t } = useTranslation();
  const field = bindFields<ApprovedAnswer>(bound);
  return (
    <Stack>
      <TextField label={t("admin.answer.topic")} description={t("admin.answer.topicHelp")} {...field("topic")} />
      <TextsField label={t("admin.answer.title")} {...field("title")} onChange={(next) => field("title").onChange(next ?? {})} />
      <TextsField label={t("admin.answer.text")} description={t("admin.answer.textHelp")} lines={5} {...field("text")} onChange={(next) => field("text").onChange(next ?? {})} />
      <ManyField label={t("admin.answer.procedures")} description={t("admin.answer.proceduresHelp")} optional options={useOptions(content, "procedures")} {...field("procedures")} />
      <LinesField label={t("admin.keywords")} optional {...field("keywords")} />
    </Stack>
  );
}

export function FaqForm({ content, ...bound }: FormProps<Faq>) {
  const { t } = useTranslation();
  const field = bindFields<Faq>(bound);
  return (
    <Stack>
      <TextsField label={t("admin.faq.question")} {...field("question")} onChange={(next) => field("question").onChange(next ?? {})} />
      <TextsField label={t("admin.faq.answer")} lines={5} {...field("answer")} onChange={(next) => field("answer").onChange(next ?? {})} />
      <ChoiceField label={t("admin.faq.procedure")} options={useOptions(content, "procedures")} none={t("admin.faq.noProcedure")} {...field("procedure")} />
      <LinesField label={t("admin.keywords")} optional {...field("keywords")} />
    </Stack>
  );
}
