import { SchemaForm } from "@atiende/ui";
import { useTranslation } from "react-i18next";
import type { Draft } from "./draft";
import { FilesField } from "./FilesField";
import { PlaceField } from "./PlaceField";
import type { Definition, FormFault, Step } from "./steps";
import { Stack } from "@mantine/core";

interface Questions {
  definition: Definition;
  step: Step;
  draft: Draft;
  faults: readonly FormFault[];
  onChange: (patch: Partial<Draft>) => void;
}

export function QuestionsStep({ definition, step, draft, faults, onChange }: Questions) {
  const { t } = useTranslation();
  const said = (target: string) => {
    const found = faults.find((one) => one.target === target);
    return found && (found.text ?? t(found.key ?? ""));
  };
  const ask = (title: string, asked: string) => (asked === "required" ? title : `${title} ${t("common.optional")}`);
  return (
    <Stack gap="lg">
      <SchemaForm
        form={definition.form}
        names={step.fields}
        values={draft.values}
        faults={faults.flatMap((one) => (one.fault ? [one.fault] : []))}
        onChange={(values) => onChange({ values })}
        renderFile={(question) => (
          <FilesField
            id={question.id}
            label={question.label}
            description={question.field.description}
            error={question.error}
            most={question.field.type === "array" ? (question.field.maxItems ?? 5) : 1}
            field={question.name}
            files={draft.files}
            onChange={(files) => onChange({ files })}
          />
        )}
      />
      {step.asksPlace ? (
        <PlaceField
          label={ask(t("form.place.label"), definition.place)}
          place={draft.place}
          error={said("lugar")}
          onChange={(place) => onChange({ place })}
        />
      ) : null}
      {step.asksFiles ? (
        <FilesField
          id="archivos"
          label={ask(t("form.files.label"), definition.attachments)}
          description={t("form.files.help")}
          error={said("archivos")}
          most={5}
          files={draft.files}
          onChange={(files) => onChange({ files })}
        />
      ) : null}
    </Stack>
  );
}
