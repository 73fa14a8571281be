import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import type { Procedure } from "../procedures/queries";
import styles from "./Form.module.css";
import type { Step } from "./steps";

interface Header {
  procedure: Procedure;
  step: Step;
  number: number;
  total: number;
  /** The summary of what is wrong takes the focus then. */
  hasFaults: boolean;
}

export function StepHeader({ procedure, step, number, total, hasFaults }: Header) {
  const { t } = useTranslation();
  const city = useCity().data?.short_name;
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  const title = step.title ?? t(step.kind === "questions" ? (step.fields.length > 0 ? "form.data" : "form.more") : `form.${step.kind}.title`);
  useEffect(() => {
    document.title = [hasFaults ? t("form.hasFaults") : "", title, procedure.name, city].filter(Boolean).join(" · ");
  }, [hasFaults, title, procedure.name, city, t]);
  useEffect(() => {
    if (!first.current && !hasFaults) {
      heading.current?.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
    first.current = false;
    // Only a change of page moves the focus.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [step.id]);
  return (
    <div className={styles.head}>
      <Link to="/tramites/$code" params={{ code: procedure.code }} className="link tap">
        {procedure.name}
      </Link>
      <p className={styles.progress}>{t("form.step", { number, total })}</p>
      <div className={styles.track} aria-hidden>
        <div style={{ width: `${(number / total) * 100}%` }} />
      </div>
      <h1 ref={heading} tabIndex={-1}>{title}</h1>
      {step.help ? <p>{step.help}</p> : null}
    </div>
  );
}
