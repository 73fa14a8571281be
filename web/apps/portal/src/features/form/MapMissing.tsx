import { useTranslation } from "react-i18next";
import styles from "./Form.module.css";

/** Instead of a map that this device cannot draw, or whose files did not arrive. */
export function MapMissing() {
  const { t } = useTranslation();
  return <p role="status" className={styles.mapMissing}>{t("form.map.missing")}</p>;
}
