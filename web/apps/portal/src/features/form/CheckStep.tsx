import { kindOf, shownValue } from "@atiende/ui";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Procedure } from "../procedures/queries";
import type { Draft } from "./draft";
import styles from "./Form.module.css";
import type { Definition, Step } from "./steps";

interface Check {
  procedure: Procedure;
  definition: Definition;
  steps: readonly Step[];
  draft: Draft;
}

/** Everything that was answered, each page with the way back to it. */
export function CheckStep({ procedure, definition, steps, draft }: Check) {
  const { t } = useTranslation();
  const way = draft.contact.way;
  return (
    <>
      <p>{t("form.check.help")}</p>
      {steps.filter((step) => step.kind !== "check").map((step, index) => {
        const title = step.title ?? t(step.kind === "contact" ? "form.contact.title" : step.fields.length > 0 ? "form.data" : "form.more");
        const lines = step.kind === "contact"
          ? [
              [t("form.contact.name"), draft.contact.name],
              [t("form.contact.way"), way === "email" ? draft.contact.email : way === "whatsapp" ? draft.contact.whatsapp : way === "none" ? t("form.contact.none") : ""],
            ]
          : linesOf(definition, step, draft, { yes: t("schemaForm.yes"), no: t("schemaForm.no") }, { place: t("form.place.label"), marked: t("form.place.marked"), files: t("form.files.label") });
        return (
          <section key={step.id} className={styles.summary}>
            <div>
              <h2>{title}</h2>
              <Link to="/tramites/$code/iniciar" params={{ code: procedure.code }} search={{ paso: step.id }} className="link tap">
                {t("form.check.change")}
                <span className="visually-hidden">: {title} ({index + 1})</span>
              </Link>
            </div>
            <dl>
              {lines.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value || <em>{t("form.check.empty")}</em>}</dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
    </>
  );
}

function linesOf(
  { form }: Definition,
  step: Step,
  draft: Draft,
  yesNo: { yes: string; no: string },
  words: { place: string; marked: string; files: string },
): (readonly [string, string])[] {
  const lines = step.fields.map((name) => {
    const field = form.properties[name];
    const files = draft.files.filter((file) => file.field === name).map((file) => file.name);
    const value = field && kindOf(field) === "file" ? files.join(", ") : field ? shownValue(field, draft.values[name], yesNo) : "";
    return [field?.title ?? name, value] as const;
  });
  const beside = draft.files.filter((file) => !file.field).map((file) => file.name);
  return [
    ...lines,
    ...(step.asksPlace ? [[words.place, draft.place.latitude === undefined ? "" : words.marked] as const] : []),
    ...(step.asksFiles ? [[words.files, beside.join(", ")] as const] : []),
  ];
}
