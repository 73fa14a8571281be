import { choicesOf, kindOf, readForm, shownValue, type FieldSchema } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import { cityQueries } from "../../../data/city";
import type { CaseDetail } from "../../../data/types";
import { Fact, Facts, Part } from "./parts";

/** What the person filled in, with the form's own questions and the words of its options. */
export function FormPart({ open }: { open: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const { data } = useQuery({ ...cityQueries.procedure(open.procedure, i18n.language), enabled: open.form.length > 0 });
  if (open.form.length === 0) return null;
  const fields = readForm(data?.form).properties;
  const words = { yes: t("schemaForm.yes"), no: t("schemaForm.no") };
  return (
    <Part title={t("case.side.form")}>
      <Facts>
        {open.form.map(({ name, title, value }) => {
          const field = fields[name];
          // What is a file stands with the files of the conversation.
          if (field && kindOf(field) === "file") return null;
          return (
            <Fact key={name} name={field?.title ?? title}>
              {field ? readable(field, value, words) : value}
            </Fact>
          );
        })}
      </Facts>
    </Part>
  );
}

/** Values are kept as text: options, dates and yes or no become words again. */
export function readable(field: FieldSchema, value: string, words: { yes: string; no: string }): string {
  const kind = kindOf(field);
  if (kind === "yesNo" || kind === "consent") return shownValue(field, value.toLowerCase() === "true", words);
  if (kind === "date") {
    const day = new Date(`${value}T12:00:00Z`);
    return Number.isNaN(day.getTime()) ? value : day.toLocaleDateString(i18next.language, { dateStyle: "long", timeZone: "UTC" });
  }
  if (kind === "manyChoices" || kind === "lines") {
    return value
      .split("; ")
      .map((one) => choicesOf(field).find((choice) => choice.value === one)?.label ?? one)
      .join(", ");
  }
  return shownValue(field, value, words);
}
