import type { FieldSchema } from "@atiende/ui";
import { Checkbox, NativeSelect, NumberInput, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTold, type Bound } from "../../fields/bound";
import { ListField } from "../../fields/lists";
import { TextsField } from "../../fields/text";
import { fieldId, pointer, withValue } from "../../pointer";
import { freeName, KINDS, kindOfQuestion, ofKind, optionsOf, textsOf, withOptions, withTexts, type Kind, type OptionNode } from "./form";

interface Props extends Bound<FieldSchema> {
  language: string;
  required: boolean;
  onRequired: (required: boolean) => void;
}

/** One question: what it says, how it is answered, and by which rule. */
export function QuestionEditor({ language, required, onRequired, value, onChange, path }: Props) {
  const { t } = useTranslation();
  const error = useTold(path, true);
  const node = value as FieldSchema & Record<string, unknown>;
  const kind = kindOfQuestion(value);
  const isText = kind === "line" || kind === "paragraph";
  return (
    <Stack gap="xs" id={fieldId(path)} tabIndex={-1}>
      {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : null}
      <TextsField label={t("procedure.label")} path={`${path}/title`} value={textsOf(node, "title", language)} onChange={(next) => onChange(withTexts(value, "title", language, next ?? {}))} />
      <TextsField label={t("procedure.help")} optional path={`${path}/description`} value={textsOf(node, "description", language)} onChange={(next) => onChange(withTexts(value, "description", language, next ?? {}))} />
      <NativeSelect
        label={t("procedure.kind")}
        value={kind}
        onChange={(event) => onChange(ofKind(event.currentTarget.value as Kind, value))}
        data={[
          ...KINDS.map((one) => ({ value: one as string, label: t(`procedure.fieldKind.${one}`) })),
          // Written as JSON in a way that no button makes: it stays as it is.
          ...((KINDS as readonly string[]).includes(kind) ? [] : [{ value: kind, label: t("procedure.fieldKind.other") }]),
        ]}
      />
      <Checkbox label={t("procedure.required")} checked={required} onChange={(event) => onRequired(event.currentTarget.checked)} />
      {isText ? (
        <NumberInput
          label={t("procedure.maxLength")}
          maw={220}
          min={1}
          max={10_000}
          allowDecimal={false}
          value={value.maxLength ?? ""}
          onChange={(next) => onChange(withValue(value, "maxLength", next === "" ? undefined : Number(next)))}
        />
      ) : null}
      {kind === "choice" || kind === "manyChoices" ? <Options language={language} value={value} onChange={onChange} path={path} /> : null}
    </Stack>
  );
}

function Options({ language, value, onChange, path }: Bound<FieldSchema> & { language: string }) {
  const { t } = useTranslation();
  const options = optionsOf(value);
  return (
    <ListField<OptionNode>
      label={t("procedure.options")}
      path={path + pointer("oneOf")}
      value={options}
      onChange={(next) => onChange(withOptions(value, next))}
      nameOf={(one) => one.title || one.const}
      fresh={() => ({ const: freeName("opcion", Object.fromEntries(options.map((one) => [one.const, 0]))), title: "" })}
      addLabel={t("procedure.addOption")}
    >
      {(item) => (
        <TextsField
          label={t("procedure.option")}
          path={`${item.path}/title`}
          value={textsOf(item.value as unknown as Record<string, unknown>, "title", language)}
          onChange={(next) => item.onChange(withTexts(item.value, "title", language, next ?? {}))}
        />
      )}
    </ListField>
  );
}
