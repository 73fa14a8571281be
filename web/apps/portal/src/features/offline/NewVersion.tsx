import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import styles from "./Offline.module.css";
import { useNewVersion } from "./worker";

/** Offers the new version; nobody's page is changed under their hands. */
export function NewVersion() {
  const { t } = useTranslation();
  const take = useNewVersion();
  return (
    <div role="status">
      {take ? (
        <div className={styles.bar}>
          <div className="wrap">
            <Icon name="info" size={24} />
            <p>{t("offline.newVersion")}</p>
            <Button size="sm" variant="default" onClick={take}>{t("offline.update")}</Button>
          </div>
        </div>
      ) : null}
    </div>
  );
}
