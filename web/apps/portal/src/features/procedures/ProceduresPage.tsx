import { ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useLanguage } from "../../app/useLanguage";
import { byCategory } from "./groups";
import { proceduresQuery } from "./queries";
import styles from "./Procedure.module.css";

export function ProceduresPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const procedures = useQuery(proceduresQuery(language));
  return (
    <div className="wrap page">
      <PageHeading>{t("procedures.title")}</PageHeading>
      <p className="narrow">{t("procedures.lead")}</p>
      {procedures.error ? <ProblemAlert error={procedures.error} onRetry={() => void procedures.refetch()} /> : null}
      {procedures.isPending ? <p role="status">{t("common.loading")}</p> : null}
      {procedures.data?.length === 0 ? <p>{t("procedures.none")}</p> : null}
      {byCategory(procedures.data ?? []).map(({ category, items }) => (
        <section key={category} className={styles.group}>
          <h2>{category}</h2>
          <ul className="plain-list">
            {items.map((one) => (
              <li key={one.code}>
                <Link to="/tramites/$code" params={{ code: one.code }} className={styles.item}>
                  <strong>{one.name}</strong>
                  <span>{one.description}</span>
                  <small>
                    {one.cost} · {t(`procedure.deadline.${one.deadline.kind}`, { count: one.deadline.amount })}
                  </small>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
