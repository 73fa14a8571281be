import { Skeleton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./RowsLoading.module.css";

/** The shape of what is coming. */
export function RowsLoading() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t("common.loading")} className={classes.rows}>
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className={classes.row}>
          <Skeleton height={14} width={`${70 - (index % 3) * 12}%`} />
          <Skeleton height={11} width="45%" mt={8} />
        </div>
      ))}
    </div>
  );
}
