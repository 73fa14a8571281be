import { useTranslation } from "react-i18next";
import { useFormat } from "../../app/useFormat";
import { MEASURES, type Figure } from "./figures";
import styles from "./Figures.module.css";
import { Span } from "./Span";

/** The whole city in a few words. */
export function Whole({ figure, least = 10 }: { figure: Figure; least?: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section aria-labelledby="ciudad">
      <h2 id="ciudad">{t("figures.city")}</h2>
      <dl className={styles.whole}>
        <div>
          <dt>{t("figures.cases")}</dt>
          <dd><data value={figure.cases}>{format.number(figure.cases)}</data></dd>
          <dd className={styles.small}>{t("figures.casesHelp")}</dd>
        </div>
        {MEASURES.map((name) => (
          <div key={name}>
            <dt>{t(`figures.measure.${name}`)}</dt>
            <dd><Span seconds={figure[name].p50_seconds} least={least} /></dd>
            <dd className={styles.small}>{t("figures.halfHelp")}</dd>
            <dd><Span seconds={figure[name].p90_seconds} least={least} /></dd>
            <dd className={styles.small}>{t("figures.nineHelp")}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
