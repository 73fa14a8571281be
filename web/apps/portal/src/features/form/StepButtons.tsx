import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import styles from "./Form.module.css";

interface Buttons {
  isLast: boolean;
  isKept: boolean | undefined;
  onBack: (() => void) | undefined;
}

export function StepButtons({ isLast, isKept, onBack }: Buttons) {
  const { t } = useTranslation();
  return (
    <div className={styles.buttons}>
      <Button type="submit" id={isLast ? "enviar" : undefined} size="lg">
        {t(isLast ? "form.submit" : "common.continue")}
      </Button>
      {onBack ? (
        <Button type="button" variant="default" size="lg" onClick={onBack}>
          {t("common.back")}
        </Button>
      ) : null}
      <p className={styles.kept} role="status">
        {isKept === undefined ? null : (
          <>
            <Icon name={isKept ? "check" : "alert"} size={18} /> {t(isKept ? "form.kept" : "form.notKept")}
          </>
        )}
      </p>
    </div>
  );
}
