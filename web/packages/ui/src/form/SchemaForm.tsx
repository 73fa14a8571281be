import { Stack } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Fault } from "./faults";
import { SchemaField } from "./SchemaField";
import { kindOf, withValue, type FieldSchema, type FormSchema, type FormValues } from "./schema";

/** A question whose answer is a file. */
export interface FileQuestion {
  id: string;
  name: string;
  field: FieldSchema;
  label: string;
  error: string | undefined;
}

export interface SchemaFormProps {
  form: FormSchema;
  values: FormValues;
  onChange: (values: FormValues) => void;
  /** What is wrong; shown at the fields. `ErrorSummary` above the form shows the same as links. */
  faults?: readonly Fault[];
  /** Only these questions, in this order: a page of a form. All when absent. */
  names?: readonly string[];
  /** Sets apart two forms on one page. */
  idPrefix?: string;
  disabled?: boolean;
  /** How files are taken here; without it a question for a file is only named. */
  renderFile?: (question: FileQuestion) => ReactNode;
}

/** The questions of a procedure, from its JSON Schema: the portal, the kiosk, the counter and the editor ask alike. */
export function SchemaForm({ form, values, onChange, faults = [], names, idPrefix = "campo", disabled, renderFile }: SchemaFormProps) {
  const { t } = useTranslation();
  const words = useFaultWords();
  return (
    <Stack gap="lg">
      {(names ?? Object.keys(form.properties)).map((name) => {
        const field = form.properties[name];
        if (!field) return null;
        const fault = faults.find((one) => one.name === name);
        const required = form.required?.includes(name) ?? false;
        if (kindOf(field) === "file" && renderFile) {
          const label = required ? (field.title ?? name) : `${field.title ?? name} ${t("common.optional")}`;
          return <Fragment key={name}>{renderFile({ id: fieldId(name, idPrefix), name, field, label, error: fault && words(fault) })}</Fragment>;
        }
        return (
          <SchemaField
            key={name}
            id={fieldId(name, idPrefix)}
            name={name}
            field={field}
            required={required}
            value={values[name]}
            error={fault && words(fault)}
            disabled={disabled}
            onChange={(value) => onChange(withValue(values, name, value))}
          />
        );
      })}
    </Stack>
  );
}

function fieldId(name: string, prefix: string): string {
  return `${prefix}-${name}`;
}

/** Where the error summary's link goes: the field itself, or the first option of a question with options. */
export function faultTarget(form: FormSchema, name: string, prefix = "campo"): string {
  const field = form.properties[name];
  const kind = field && kindOf(field);
  const options = kind === "choice" || kind === "yesNo" || kind === "manyChoices";
  const id = fieldId(name, prefix);
  return options && document.getElementById(`${id}-first`) ? `${id}-first` : id;
}

/** Says a fault in words. */
export function useFaultWords(): (fault: Fault) => string {
  const { t } = useTranslation();
  return (fault) => fault.text ?? t(`schemaForm.fault.${fault.rule}`, { limit: fault.limit });
}
