import { ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useLanguage } from "../../app/useLanguage";
import { faqQuery } from "./queries";
import styles from "./Procedure.module.css";

export function FaqPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const faq = useQuery(faqQuery("", language));
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("shell.faq")}</PageHeading>
      {faq.error ? <ProblemAlert error={faq.error} onRetry={() => void faq.refetch()} /> : null}
      {faq.isPending ? <p role="status">{t("common.loading")}</p> : null}
      {faq.data?.length === 0 ? <p>{t("procedures.none")}</p> : null}
      {faq.data?.map((one) => (
        <details key={one.key} className={styles.fold}>
          <summary>{one.question}</summary>
          <p>{one.answer}</p>
          {one.procedure ? (
            <p>
              <Link className="link" to="/tramites/$code" params={{ code: one.procedure }}>{t("search.itsProcedure")}</Link>
            </p>
          ) : null}
        </details>
      ))}
    </div>
  );
}
