import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import type { Procedure } from "./queries";
import styles from "./Procedure.module.css";

/** The facts that people look for first. */
export function AtAGlance({ procedure }: { procedure: Procedure }) {
  const { t } = useTranslation();
  return (
    <aside className={styles.glance} aria-labelledby="glance">
      <h2 id="glance">{t("procedure.glance")}</h2>
      <dl>
        <div>
          <dt><Icon name="coin" /> {t("procedure.cost")}</dt>
          <dd>{procedure.cost}</dd>
        </div>
        <div>
          <dt><Icon name="clock" /> {t("procedure.takes")}</dt>
          <dd>{t(`procedure.deadlineLong.${procedure.deadline.kind}`, { count: procedure.deadline.amount })}</dd>
        </div>
        <div>
          <dt><Icon name="chat" /> {t("procedure.firstAnswer")}</dt>
          <dd>{firstAnswer(procedure.first_answer_minutes, t)}</dd>
        </div>
        <div>
          <dt><Icon name="person" /> {t("procedure.audience")}</dt>
          <dd>{procedure.audience}</dd>
        </div>
        <div>
          <dt><Icon name="document" /> {t("procedure.unit")}</dt>
          <dd>{procedure.unit.name}</dd>
        </div>
        {procedure.result ? (
          <div>
            <dt><Icon name="check" /> {t("procedure.result")}</dt>
            <dd>{procedure.result}</dd>
          </div>
        ) : null}
      </dl>
    </aside>
  );
}

/** Minutes of opening time, in hours once they are whole. */
function firstAnswer(minutes: number, t: TFunction): string {
  return minutes % 60 === 0 ? t("procedure.firstAnswerHours", { count: minutes / 60 }) : t("procedure.firstAnswerMinutes", { count: minutes });
}
