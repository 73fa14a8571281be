import { IconPlus, IconX } from "@atiende/ui";
import { ActionIcon, Button, Fieldset, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { WEEKDAYS, type Unit, type Weekday } from "../content";
import { fieldId, pointer, withValue } from "../pointer";
import { useTold, type Bound } from "./bound";
import classes from "./fields.module.css";

type Hours = Unit["hours"];

/** The week of an office: none, one or several spans a day. */
export function HoursField({ value, onChange, path }: Bound<Hours>) {
  const { t } = useTranslation();
  const hours = value ?? {};
  return (
    <Fieldset legend={t("admin.hours.title")} id={fieldId(path)} tabIndex={-1} className={classes.group ?? ""}>
      {WEEKDAYS.map((day) => (
        <Day
          key={day}
          day={day}
          value={hours[day] ?? []}
          path={path + pointer(day)}
          onChange={(spans) => onChange(withValue(hours, day, spans.length === 0 ? undefined : spans))}
        />
      ))}
      <Group>
        <Button
          variant="default"
          size="sm"
          onClick={() => onChange({ ...hours, ...Object.fromEntries(["tue", "wed", "thu", "fri"].flatMap((day) => (hours.mon ? [[day, hours.mon]] : []))) })}
          disabled={!hours.mon}
        >
          {t("admin.hours.copyMonday")}
        </Button>
      </Group>
    </Fieldset>
  );
}

function Day({ day, value, onChange, path }: { day: Weekday } & Bound<string[]>) {
  const { t } = useTranslation();
  const error = useTold(path, true);
  const name = t(`admin.weekday.${day}`);
  const change = (index: number, span: string) => onChange(value.map((one, at) => (at === index ? span : one)));
  return (
    <div className={classes.day} id={fieldId(path)} tabIndex={-1} role="group" aria-label={name}>
      <span className={classes.dayName}>{name}</span>
      <div className={classes.spans}>
        {value.length === 0 ? <Text size="sm">{t("admin.hours.closed")}</Text> : null}
        {value.map((span, index) => {
          const [from = "", to = ""] = span.split("-");
          const words = { day: name, number: index + 1 };
          return (
            <span key={index} className={classes.span}>
              <input type="time" className={classes.time} value={from} aria-label={t("admin.hours.from", words)} onChange={(event) => change(index, `${event.currentTarget.value}-${to}`)} />
              <span aria-hidden="true">–</span>
              <input
                type="time"
                className={classes.time}
                // Midnight at the end of a day is written 24:00, which no clock shows.
                value={to === "24:00" ? "00:00" : to}
                aria-label={t("admin.hours.to", words)}
                onChange={(event) => change(index, `${from}-${event.currentTarget.value === "00:00" ? "24:00" : event.currentTarget.value}`)}
              />
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("admin.hours.remove", words)} onClick={() => onChange(value.filter((_, at) => at !== index))}>
                <IconX size={16} />
              </ActionIcon>
            </span>
          );
        })}
        <Button variant="subtle" size="compact-md" leftSection={<IconPlus size={16} />} aria-label={t("admin.hours.addTo", { day: name })} onClick={() => onChange([...value, value.length === 0 ? "08:00-12:00" : "14:00-17:00"])}>
          {t("admin.hours.add")}
        </Button>
      </div>
      {error ? <Text size="sm" c="var(--mantine-color-error)" className={classes.dayError ?? ""}>{error}</Text> : null}
    </div>
  );
}
