import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../app/useLanguage";
import { proceduresQuery } from "../procedures/queries";
import { withoutLine, type Figure, type View } from "./figures";
import styles from "./Figures.module.css";

/** Says what is not shown, and why. */
export function Withheld({ figures, least, view }: { figures: readonly Figure[]; least: number; view: View }) {
  const { t } = useTranslation();
  const procedures = useQuery(proceduresQuery(useLanguage())).data ?? [];
  const missing = view === "unidad" ? [] : withoutLine(procedures, figures);
  return (
    <div className={styles.notes}>
      <p>{t("figures.withheld", { count: least })}</p>
      {missing.length > 0 ? <p>{t("figures.without", { names: missing.map((one) => one.name).join("; ") })}</p> : null}
    </div>
  );
}
