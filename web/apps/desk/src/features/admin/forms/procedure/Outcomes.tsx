import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { textOf, type Outcome, type Procedure } from "../../content";
import { bindFields, type Bound } from "../../fields/bound";
import { YesNoField } from "../../fields/choice";
import { ListField } from "../../fields/lists";
import { TextField, TextsField } from "../../fields/text";

/** How a case of this procedure can end, and what the citizen reads then. */
export function Outcomes(bound: Bound<Procedure>) {
  const { t, i18n } = useTranslation();
  const outcomes = bindFields<Procedure>(bound)("outcomes");
  return (
    <ListField<Outcome>
      {...outcomes}
      label={t("procedure.outcomes")}
      nameOf={(one) => textOf(one.name, i18n.language) || one.id}
      fresh={() => ({ id: `resultado_${(outcomes.value ?? []).length + 1}`, name: {}, text: {}, solved: true })}
      addLabel={t("procedure.addOutcome")}
    >
      {(item) => {
        const field = bindFields<Outcome>(item);
        return (
          <Stack gap="xs">
            <TextField label={t("admin.entry.key")} {...field("id")} />
            <TextsField label={t("procedure.name")} {...field("name")} onChange={(next) => field("name").onChange(next ?? {})} />
            <TextsField label={t("procedure.outcomeText")} lines={2} {...field("text")} onChange={(next) => field("text").onChange(next ?? {})} />
            <YesNoField label={t("procedure.solved")} {...field("solved")} />
          </Stack>
        );
      }}
    </ListField>
  );
}
