import { Checkbox, Group, Input, NativeSelect, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { choicesOf, kindOf, type FieldSchema } from "./schema";

/** Up to so many options are all shown at once: nothing is hidden behind a click. */
const SHOWN_CHOICES = 7;
const TYPES: Partial<Record<string, string>> = { date: "date", time: "time", email: "email", phone: "tel", url: "url" };
const FILLS: Partial<Record<string, string>> = { email: "email", phone: "tel" };

export interface SchemaFieldProps {
  /** Also the target of the error summary's link. */
  id: string;
  name: string;
  field: FieldSchema;
  required: boolean;
  value: unknown;
  /** What is wrong, in words. */
  error?: string | undefined;
  disabled?: boolean | undefined;
  onChange: (value: unknown) => void;
}

/** One question of a procedure's form, as every page asks it. */
export function SchemaField({ id, name, field, required, value, error, disabled, onChange }: SchemaFieldProps) {
  const { t } = useTranslation();
  const title = field.title ?? name;
  const label = required ? title : `${title} ${t("common.optional")}`;
  const kind = kindOf(field);
  const shared = { id, name, label, description: field.description, error, disabled, required, withAsterisk: false };
  const choices = choicesOf(field);
  if (kind === "choice" && choices.length > SHOWN_CHOICES) {
    return (
      <NativeSelect {...shared} value={String(value ?? "")} onChange={(event) => onChange(typed(field, event.currentTarget.value))}>
        <option value="">{t("schemaForm.choose")}</option>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </NativeSelect>
    );
  }
  if (kind === "choice" || kind === "yesNo") {
    const options = kind === "choice" ? choices : [{ value: "true", label: t("schemaForm.yes") }, { value: "false", label: t("schemaForm.no") }];
    return (
      <Radio.Group {...shared} value={value === undefined ? "" : String(value)} onChange={(chosen) => onChange(typed(field, chosen))}>
        <Stack gap="xs" mt="xs">
          {options.map((option, index) => (
            <Radio key={option.value} id={index === 0 ? `${id}-first` : undefined} value={option.value} label={option.label} />
          ))}
        </Stack>
      </Radio.Group>
    );
  }
  if (kind === "manyChoices") {
    return (
      <Checkbox.Group {...shared} value={Array.isArray(value) ? value.map(String) : []} onChange={(chosen) => onChange(chosen)}>
        <Stack gap="xs" mt="xs">
          {choices.map((choice, index) => (
            <Checkbox key={choice.value} id={index === 0 ? `${id}-first` : undefined} value={choice.value} label={choice.label} />
          ))}
        </Stack>
      </Checkbox.Group>
    );
  }
  if (kind === "consent") {
    return <Checkbox {...shared} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked ? true : undefined)} />;
  }
  if (kind === "lines" || kind === "paragraph") {
    const text = Array.isArray(value) ? value.join("\n") : String(value ?? "");
    const hint = kind === "lines" ? t("schemaForm.onePerLine") : undefined;
    return (
      <Stack gap={4}>
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={12}
          description={[field.description, hint].filter(Boolean).join(" ") || undefined}
          value={text}
          onChange={(event) => onChange(kind === "lines" ? linesOf(event.currentTarget.value) : event.currentTarget.value)}
        />
        {field.maxLength ? <Left text={text} most={field.maxLength} /> : null}
      </Stack>
    );
  }
  return (
    <TextInput
      {...shared}
      disabled={disabled || kind === "file"}
      type={TYPES[kind] ?? "text"}
      inputMode={kind === "number" ? (field.type === "integer" ? "numeric" : "decimal") : undefined}
      autoComplete={FILLS[kind] ?? "off"}
      value={String(value ?? "")}
      onChange={(event) => onChange(kind === "number" ? numberOf(event.currentTarget.value) : event.currentTarget.value)}
    />
  );
}

/** How many characters are left, once they get few. */
function Left({ text, most }: { text: string; most: number }) {
  const { t } = useTranslation();
  const left = most - [...text].length;
  if (left > most / 4) return null;
  return (
    <Group justify="flex-end">
      <Input.Description aria-live="polite">{t(left < 0 ? "schemaForm.tooLong" : "schemaForm.left", { count: Math.abs(left) })}</Input.Description>
    </Group>
  );
}

function typed(field: FieldSchema, chosen: string): unknown {
  if (chosen === "") return undefined;
  if (field.type === "boolean") return chosen === "true";
  return field.type === "integer" || field.type === "number" ? Number(chosen) : chosen;
}

/** What is no number yet stays as it was typed, so that nothing vanishes under the fingers. */
function numberOf(text: string): unknown {
  const plain = text.trim().replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text;
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
