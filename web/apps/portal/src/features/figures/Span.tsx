import { useTranslation } from "react-i18next";
import { exactSpan } from "./figures";
import styles from "./Figures.module.css";

/** A span as people read it, with the file's seconds for machines; or that it is kept back. */
export function Span({ seconds, least }: { seconds: number | null; least: number }) {
  const { t, i18n } = useTranslation();
  if (seconds === null) return <span className={styles.withheld}>{t("figures.fewer", { count: least })}</span>;
  return <data value={seconds}>{exactSpan(i18n.language === "en" ? "en" : "es-CO", seconds)}</data>;
}
