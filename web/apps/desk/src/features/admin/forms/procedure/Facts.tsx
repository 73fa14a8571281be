import { Fieldset, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { DEADLINE_KINDS, type Procedure } from "../../content";
import { bindFields, type Bound } from "../../fields/bound";
import { ChoiceField, ManyField, YesNoField } from "../../fields/choice";
import { TextsListField } from "../../fields/lists";
import { LinesField, NumberField, TextField, TextsField } from "../../fields/text";
import { useOptions } from "../options";
import type { FormProps } from "../simple";

const WAYS = ["portal", "webchat", "whatsapp", "email", "open311", "kiosk", "counter", "phone"] as const;
const PRIORITIES = ["0", "1", "2", "3", "4"] as const;

/** What a procedure is, needs, costs and takes. */
export function Facts({ content, ...bound }: Omit<FormProps<Procedure>, "entry">) {
  const { t } = useTranslation();
  const field = bindFields<Procedure>(bound);
  const texts = (key: "name" | "description" | "audience" | "cost") => ({ ...field(key), onChange: (next: Procedure["name"] | undefined) => field(key).onChange(next ?? {}) });
  const unit = field("unit");
  const workflow = field("workflow");
  const priority = field("priority");
  const skills = field("skills");
  return (
    <Stack>
      <TextsField label={t("procedure.name")} {...texts("name")} />
      <TextsField label={t("procedure.description")} lines={3} {...texts("description")} />
      <TextsField label={t("procedure.audience")} {...texts("audience")} />
      <TextField label={t("procedure.category")} description={t("procedure.categoryHelp")} {...field("category")} />
      <Group>
        <YesNoField label={t("procedure.public")} {...field("public")} />
        <YesNoField label={t("procedure.online")} {...field("online")} />
      </Group>
      <TextsListField label={t("procedure.requirements")} one={t("procedure.requirement")} {...field("requirements")} />
      <TextsField label={t("procedure.cost")} {...texts("cost")} />
      <Deadline {...field("deadline")} />
      <NumberField label={t("procedure.firstAnswer")} min={1} {...field("first_answer_minutes")} />
      <NumberField label={t("procedure.reopen")} min={0} {...field("reopen_hours")} />
      <LinesField label={t("procedure.legal")} {...field("legal_basis")} onChange={(next) => field("legal_basis").onChange(next ?? [])} />
      <TextsListField label={t("procedure.steps")} one={t("procedure.step")} {...field("steps")} value={bound.value.steps ?? []} onChange={(next) => field("steps").onChange(next.length > 0 ? next : undefined)} />
      <TextsField label={t("procedure.result")} optional {...field("result")} />
      <ManyField label={t("procedure.channels")} options={WAYS.map((way) => ({ value: way, label: way === "phone" ? t("procedure.phone") : t(`channel.${way}`) }))} {...field("channels")} />
      <ManyField label={t("procedure.offices")} optional options={useOptions(content, "units")} {...field("offices")} />
      <ChoiceField label={t("procedure.unit")} options={useOptions(content, "units")} {...unit} onChange={(next) => unit.onChange(next ?? "")} />
      <ManyField label={t("procedure.skills")} options={useOptions(content, "skills")} {...skills} onChange={(next) => skills.onChange(next ?? [])} />
      <ChoiceField label={t("procedure.workflow")} options={useOptions(content, "workflows")} {...workflow} onChange={(next) => workflow.onChange(next ?? "")} />
      <ChoiceField
        label={t("procedure.priority")}
        options={PRIORITIES.map((one) => ({ value: one, label: t(`priority.${one}`) }))}
        path={priority.path}
        value={String(priority.value)}
        onChange={(next) => priority.onChange(Number(next))}
      />
    </Stack>
  );
}

function Deadline(bound: Bound<Procedure["deadline"]>) {
  const { t } = useTranslation();
  const field = bindFields(bound);
  const kind = field("kind");
  return (
    <Fieldset legend={t("procedure.deadline")}>
      <Group align="flex-start">
        <NumberField label={t("procedure.deadlineAmount")} min={1} max={400} {...field("amount")} />
        <ChoiceField
          label={t("procedure.deadlineKind")}
          options={DEADLINE_KINDS.map((one) => ({ value: one, label: t(`procedure.kinds.${one}`) }))}
          {...kind}
          onChange={(next) => kind.onChange(next as Procedure["deadline"]["kind"])}
        />
      </Group>
    </Fieldset>
  );
}

/** The words by which messages are taken for this procedure. */
export function Finding(bound: Bound<Procedure>) {
  const { t } = useTranslation();
  const field = bindFields<Procedure>(bound);
  return (
    <Stack>
      <LinesField label={t("procedure.keywords")} description={t("procedure.keywordsHelp")} {...field("keywords")} onChange={(next) => field("keywords").onChange(next ?? [])} />
      <LinesField label={t("procedure.strong")} description={t("procedure.strongHelp")} {...field("strong_keywords")} onChange={(next) => field("strong_keywords").onChange(next ?? [])} />
    </Stack>
  );
}
