import { IconPlus, IconX } from "@atiende/ui";
import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { WEEKDAYS, type Calendar, type Holiday } from "../content";
import { bindFields, bindItems, useTold, type Bound } from "../fields/bound";
import { ManyField } from "../fields/choice";
import classes from "../fields/fields.module.css";
import { LinesField, TextField } from "../fields/text";
import { fieldId } from "../pointer";

/** Holidays and the days that count for terms by law. */
export function CalendarForm(bound: Bound<Calendar>) {
  const { t } = useTranslation();
  const field = bindFields(bound);
  const years = field("years");
  const days = field("legal_weekdays");
  return (
    <Stack>
      <TextField label={t("admin.calendar.source")} description={t("admin.calendar.sourceHelp")} {...field("source")} />
      <LinesField
        label={t("admin.calendar.years")}
        description={t("admin.calendar.yearsHelp")}
        path={years.path}
        value={(years.value ?? []).map(String)}
        onChange={(next) => years.onChange((next ?? []).map(Number))}
      />
      <ManyField
        label={t("admin.calendar.legalWeekdays")}
        description={t("admin.calendar.legalWeekdaysHelp")}
        path={days.path}
        value={days.value}
        onChange={(next) => days.onChange((next ?? []) as Calendar["legal_weekdays"])}
        options={WEEKDAYS.map((day) => ({ value: day, label: t(`admin.weekday.${day}`) }))}
      />
      <Holidays {...field("holidays")} />
    </Stack>
  );
}

/** By year, in order; what is typed stays in its place until it is saved. */
function Holidays(bound: Bound<Holiday[]>) {
  const { t } = useTranslation();
  const error = useTold(bound.path);
  const items = Array.isArray(bound.value) ? bound.value : [];
  const item = bindItems({ ...bound, value: items });
  const years = [...new Set(items.map((one) => yearOf(one)))].toSorted();
  return (
    <Stack id={fieldId(bound.path)} tabIndex={-1} role="group" aria-label={t("admin.calendar.holidays")}>
      {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : null}
      {years.map((year) => (
        <Fieldset key={year} legend={t("admin.calendar.holidaysOf", { year })} className={classes.group ?? ""}>
          {items.map((one, index) =>
            yearOf(one) === year ? (
              <OneHoliday key={index} {...item(index)} onRemove={() => bound.onChange(items.filter((_, at) => at !== index))} />
            ) : null,
          )}
        </Fieldset>
      ))}
      <NewHoliday onAdd={(holiday) => bound.onChange([...items, holiday].toSorted((a, b) => a.date.localeCompare(b.date)))} />
    </Stack>
  );
}

function yearOf(holiday: Holiday): string {
  return String(holiday?.date ?? "").slice(0, 4);
}

function OneHoliday({ onRemove, ...bound }: Bound<Holiday> & { onRemove: () => void }) {
  const { t } = useTranslation();
  const field = bindFields(bound);
  const date = field("date");
  const name = field("name");
  const whole = useTold(bound.path);
  const dateError = useTold(date.path);
  const nameError = useTold(name.path);
  const words = { date: date.value, name: name.value };
  return (
    <div className={classes.holiday} id={fieldId(bound.path)} tabIndex={-1} role="group" aria-label={`${date.value} ${name.value}`}>
      <TextInput
        type="date"
        id={fieldId(date.path)}
        aria-label={t("admin.calendar.dateOf", words)}
        value={date.value ?? ""}
        error={dateError ?? whole}
        // An emptied or half typed date would move to another year under the fingers.
        onChange={(event) => event.currentTarget.value && date.onChange(event.currentTarget.value)}
      />
      <TextInput id={fieldId(name.path)} aria-label={t("admin.calendar.nameOf", words)} value={name.value ?? ""} error={nameError} onChange={(event) => name.onChange(event.currentTarget.value)} />
      <ActionIcon variant="default" size="lg" aria-label={t("admin.calendar.remove", words)} onClick={onRemove}>
        <IconX size={18} />
      </ActionIcon>
    </div>
  );
}

function NewHoliday({ onAdd }: { onAdd: (holiday: Holiday) => void }) {
  const { t } = useTranslation();
  const [date, setDate] = useState("");
  const [name, setName] = useState("");
  const [asked, setAsked] = useState(false);
  const add = () => {
    setAsked(true);
    if (date === "" || name.trim() === "") return;
    onAdd({ date, name: name.trim() });
    setDate("");
    setName("");
    setAsked(false);
  };
  return (
    <Fieldset legend={t("admin.calendar.new")} className={classes.group ?? ""}>
      <Group align="flex-start">
        <TextInput type="date" label={t("admin.calendar.date")} value={date} error={asked && date === "" ? t("schemaForm.fault.required") : undefined} onChange={(event) => setDate(event.currentTarget.value)} />
        <TextInput
          label={t("admin.calendar.name")}
          value={name}
          error={asked && name.trim() === "" ? t("schemaForm.fault.required") : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              event.preventDefault();
              add();
            }
          }}
        />
      </Group>
      <Group>
        <Button variant="default" leftSection={<IconPlus size={18} />} onClick={add}>
          {t("admin.calendar.add")}
        </Button>
      </Group>
    </Fieldset>
  );
}
