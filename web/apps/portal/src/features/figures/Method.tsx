import { useTranslation } from "react-i18next";
import { useLanguage } from "../../app/useLanguage";
import styles from "./Figures.module.css";

const STEPS = ["which", "from", "sort", "half", "nine"] as const;
const COLUMNS = ["id", "unit", "procedure", "opened", "legal_wait_seconds", "first_answer_seconds", "resolution_seconds"] as const;

/** How anybody gets the same numbers from the file: in plain words, with an example, and as the formula. */
export function Method({ formula, least }: { formula: { es: string; en: string } | undefined; least: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <section aria-labelledby="calculo" className="narrow">
      <h2 id="calculo">{t("figures.how.title")}</h2>
      <ol>
        {STEPS.map((one) => (
          <li key={one}>{t(`figures.how.${one}`)}</li>
        ))}
      </ol>
      <p>{t("figures.how.example")}</p>
      <p>{t("figures.how.hidden", { count: least })}</p>
      {formula ? (
        <details className={styles.fold}>
          <summary>{t("figures.how.formula")}</summary>
          <p>{formula[language]}</p>
        </details>
      ) : null}
      <details className={styles.fold}>
        <summary>{t("figures.how.columns")}</summary>
        <dl>
          {COLUMNS.map((one) => (
            <div key={one}>
              <dt><code>{one}</code></dt>
              <dd>{t(`figures.column.${one}`)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
