import { Fieldset, NumberInput, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Texts } from "../content";
import { fieldId, pointer, withValue } from "../pointer";
import { useLanguages, useTold, type Bound } from "./bound";
import classes from "./fields.module.css";

interface Named {
  label: string;
  description?: string | undefined;
}

export function TextField({ label, description, value, onChange, path, type }: Named & Bound<string> & { type?: string }) {
  const error = useTold(path, true);
  return (
    <TextInput
      id={fieldId(path)}
      type={type ?? "text"}
      label={label}
      description={description}
      value={value ?? ""}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function TextAreaField({ label, description, value, onChange, path, lines }: Named & Bound<string> & { lines: number }) {
  const error = useTold(path, true);
  return (
    <Textarea
      id={fieldId(path)}
      label={label}
      description={description}
      value={value ?? ""}
      error={error}
      autosize
      minRows={lines}
      maxRows={20}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** A text in each of the city's languages, side by side. */
export function TextsField({ label, description, value, onChange, path, lines, optional }: Named & Bound<Texts | undefined> & { lines?: number; optional?: boolean }) {
  const { t } = useTranslation();
  const languages = useLanguages();
  const error = useTold(path);
  const change = (language: string, text: string) => {
    const next = withValue(value ?? {}, language, text || undefined);
    onChange(optional && Object.keys(next).length === 0 ? undefined : next);
  };
  return (
    <Fieldset legend={optional ? `${label} ${t("common.optional")}` : label} id={fieldId(path)} tabIndex={-1} className={classes.group ?? ""}>
      {description ? <Text size="sm" c="dimmed">{description}</Text> : null}
      <SimpleGrid cols={{ base: 1, sm: languages.length > 1 ? 2 : 1 }} spacing="sm">
        {languages.map((language) => (
          <OneLanguage key={language} language={language} lines={lines} path={path + pointer(language)} value={value?.[language] ?? ""} onChange={(text) => change(language, text)} />
        ))}
      </SimpleGrid>
      {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : null}
    </Fieldset>
  );
}

function OneLanguage({ language, lines, value, onChange, path }: { language: string; lines?: number | undefined } & Bound<string>) {
  const error = useTold(path, true);
  const shared = { id: fieldId(path), label: useLanguageName()(language), value, error, lang: language };
  return lines ? (
    <Textarea {...shared} autosize minRows={lines} maxRows={16} onChange={(event) => onChange(event.currentTarget.value)} />
  ) : (
    <TextInput {...shared} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}

export function useLanguageName(): (language: string) => string {
  const { i18n } = useTranslation();
  const names = new Intl.DisplayNames(i18n.language, { type: "language" });
  return (language) => {
    const name = names.of(language) ?? language;
    return name.charAt(0).toLocaleUpperCase(i18n.language) + name.slice(1);
  };
}

export function NumberField({ label, description, value, onChange, path, min, max }: Named & Bound<number> & { min?: number; max?: number }) {
  const error = useTold(path, true);
  return (
    <NumberInput
      id={fieldId(path)}
      label={label}
      description={description}
      value={value ?? ""}
      error={error}
      {...(min === undefined ? {} : { min })}
      {...(max === undefined ? {} : { max })}
      allowDecimal={false}
      maw={260}
      // An emptied field is what the service calls missing; a zero would be an answer.
      onChange={(next) => onChange((next === "" ? undefined : Number(next)) as number)}
    />
  );
}

/** Short texts, one on each line. */
export function LinesField({ label, description, value, onChange, path, optional }: Named & Bound<string[] | undefined> & { optional?: boolean }) {
  const { t } = useTranslation();
  const error = useTold(path, true);
  const [text, setText] = useState((value ?? []).join("\n"));
  // What is typed stays, also an empty last line; a list that came from elsewhere is shown.
  const shown = linesOf(text).join("\n") === (value ?? []).join("\n") ? text : (value ?? []).join("\n");
  return (
    <Stack gap={4}>
      <Textarea
        id={fieldId(path)}
        label={optional ? `${label} ${t("common.optional")}` : label}
        description={[description, t("admin.onePerLine")].filter(Boolean).join(" ")}
        value={shown}
        error={error}
        autosize
        minRows={2}
        maxRows={10}
        onChange={(event) => {
          const given = event.currentTarget.value;
          setText(given);
          const next = linesOf(given);
          onChange(optional && next.length === 0 ? undefined : next);
        }}
      />
    </Stack>
  );
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
