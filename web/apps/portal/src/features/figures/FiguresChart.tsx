import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../app/useLanguage";
import { Choice } from "./Choice";
import { MEASURES, scaleOf, shortNameOf, type Figure, type MeasureName } from "./figures";
import styles from "./Figures.module.css";
import { useSeen } from "./useSeen";

const BarCanvas = lazy(() => import("@atiende/ui/chart"));
const MOST_BARS = 15;

/** The table's lines as bars. It is loaded when it comes into view; the table says the same without it. */
export function FiguresChart({ lines }: { lines: readonly Figure[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [measure, setMeasure] = useState<MeasureName>("first_answer");
  const [place, isSeen] = useSeen<HTMLDivElement>();
  const bars = useMemo(() => {
    const shown = lines.filter((one) => !one[measure].withheld).slice(0, MOST_BARS);
    const half = shown.map((one) => one[measure].p50_seconds);
    const nine = shown.map((one) => one[measure].p90_seconds);
    const { size, format } = scaleOf(language === "en" ? "en" : "es-CO", nine);
    const scaled = (values: readonly (number | null)[]) => values.map((one) => one && one / size);
    return {
      categories: shown.map((one) => shortNameOf(one, language)),
      series: [
        { name: t("figures.halfShort"), values: scaled(half) },
        { name: t("figures.nineShort"), values: scaled(nine) },
      ],
      format,
    };
  }, [lines, measure, language, t]);
  return (
    <div ref={place} className={`${styles.chart} no-print`}>
      <h3>{t("figures.chart")}</h3>
      <p className={styles.small}>{t("figures.chartHelp", { count: MOST_BARS })}</p>
      <Choice legend={t("figures.shown")} name="medida" options={MEASURES} value={measure} say={(one) => t(`figures.measure.${one}`)} onChoose={setMeasure} />
      {bars.categories.length === 0 ? (
        <p>{t("figures.chartEmpty")}</p>
      ) : (
        <Suspense fallback={<div className={styles.waiting} />}>{isSeen ? <BarCanvas {...bars} /> : <div className={styles.waiting} />}</Suspense>
      )}
    </div>
  );
}
