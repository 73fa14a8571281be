import { Checkbox, Fieldset, NativeSelect, SimpleGrid, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { fieldId } from "../pointer";
import { useTold, type Bound } from "./bound";
import classes from "./fields.module.css";

export interface Option {
  value: string;
  label: string;
}

interface Named {
  label: string;
  description?: string | undefined;
}

/** One of a list; `none` names the choice of nothing, where that is allowed. */
export function ChoiceField({ label, description, value, onChange, path, options, none }: Named & Bound<string | undefined> & { options: readonly Option[]; none?: string }) {
  const error = useTold(path, true);
  const known = options.some((option) => option.value === value);
  const extra = value !== undefined && value !== "" && !known ? [{ value, label: value }] : [];
  const empty = none !== undefined || value === undefined || value === "" ? [{ value: "", label: none ?? "" }] : [];
  return (
    <NativeSelect
      id={fieldId(path)}
      label={label}
      description={description}
      error={error}
      value={value ?? ""}
      data={[...empty, ...options, ...extra]}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

/** Any of a list, in the order of the list. */
export function ManyField({ label, description, value, onChange, path, options, optional }: Named & Bound<string[] | undefined> & { options: readonly Option[]; optional?: boolean }) {
  const { t } = useTranslation();
  const error = useTold(path, true);
  const chosen = value ?? [];
  const gone = chosen.filter((one) => !options.some((option) => option.value === one)).map((one) => ({ value: one, label: one }));
  const all = [...options, ...gone];
  return (
    <Fieldset legend={optional ? `${label} ${t("common.optional")}` : label} id={fieldId(path)} tabIndex={-1} className={classes.group ?? ""}>
      {description ? <Text size="sm" c="dimmed">{description}</Text> : null}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="xs" verticalSpacing="xs">
        {all.map((option) => (
          <Checkbox
            key={option.value}
            label={option.label}
            checked={chosen.includes(option.value)}
            onChange={(event) => {
              const wanted = new Set(chosen);
              if (event.currentTarget.checked) wanted.add(option.value);
              else wanted.delete(option.value);
              const next = all.map((one) => one.value).filter((one) => wanted.has(one));
              onChange(optional && next.length === 0 ? undefined : next);
            }}
          />
        ))}
      </SimpleGrid>
      {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : null}
    </Fieldset>
  );
}

export function YesNoField({ label, description, value, onChange, path }: Named & Bound<boolean>) {
  return (
    <Checkbox
      id={fieldId(path)}
      label={label}
      description={description}
      error={useTold(path, true)}
      checked={value === true}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  );
}
