import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { NotFound } from "../../app/NotFound";
import { PageHeading } from "../../app/PageHeading";
import { useLanguage } from "../../app/useLanguage";
import { AtAGlance } from "./AtAGlance";
import { Offices } from "./Offices";
import styles from "./Procedure.module.css";
import { procedureQuery, type Procedure } from "./queries";
import { Ways } from "./Ways";

/** All that one must know before one begins: what it needs, costs, takes, where, and by which law. */
export function ProcedurePage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { code } = useParams({ from: "/shell/tramites/$code" });
  const query = useQuery(procedureQuery(code, language));
  const procedure = query.data;
  if (query.error instanceof Problem && query.error.status === 404) return <NotFound />;
  if (!procedure) {
    return (
      <div className="wrap page">
        <PageHeading hidden>{t("procedures.title")}</PageHeading>
        {query.error ? <ProblemAlert error={query.error} onRetry={() => void query.refetch()} /> : <p role="status">{t("common.loading")}</p>}
      </div>
    );
  }
  const start = procedure.online ? (
    <Link to="/tramites/$code/iniciar" params={{ code }} className={styles.start}>
      {t("procedure.start")}
      <Icon name="arrow" />
    </Link>
  ) : null;
  return (
    <div className="wrap page">
      <nav aria-label={t("common.youAreHere")} className={styles.crumbs}>
        <Link to="/" className="link tap">{t("shell.home")}</Link> <span aria-hidden>›</span>{" "}
        <Link to="/tramites" className="link tap">{t("shell.procedures")}</Link>
      </nav>
      <div className={styles.columns}>
        <article>
          <p className={styles.category}>{procedure.category}</p>
          <PageHeading>{procedure.name}</PageHeading>
          <p className={styles.lead}>{procedure.description}</p>
          <div className={styles.action}>
            {start ?? <p>{t("procedure.notOnline")}</p>}
            {start ? <small>{t("procedure.noAccount")}</small> : null}
          </div>
          <section>
            <h2>{t("procedure.requirements")}</h2>
            <ul>
              {procedure.requirements.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </section>
          <Then procedure={procedure} />
          <section>
            <h2>{t("procedure.ways")}</h2>
            <Ways procedure={procedure} />
          </section>
          <section>
            <h2 id="oficinas">{t("procedure.offices")}</h2>
            <Offices offices={procedure.offices} />
          </section>
          {procedure.faq.length > 0 ? (
            <section>
              <h2>{t("procedure.faq")}</h2>
              {procedure.faq.map((one) => (
                <details key={one.key} className={styles.fold}>
                  <summary>{one.question}</summary>
                  <p>{one.answer}</p>
                </details>
              ))}
            </section>
          ) : null}
          <section>
            <h2>{t("procedure.law")}</h2>
            <ul>
              {procedure.legal_basis.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </section>
          <div className={styles.action}>{start}</div>
        </article>
        <AtAGlance procedure={procedure} />
      </div>
    </div>
  );
}

/** The steps, what one gets at the end, and where a case stands meanwhile. */
function Then({ procedure }: { procedure: Procedure }) {
  const { t } = useTranslation();
  return (
    <section>
      <h2>{t("procedure.whatHappens")}</h2>
      {procedure.steps.length > 0 ? (
        <ol>
          {procedure.steps.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ol>
      ) : null}
      {procedure.result ? (
        <p className={styles.result}>
          <strong>{t("procedure.result")}:</strong> {procedure.result}
        </p>
      ) : null}
      {procedure.reopen_hours > 0 ? <p>{t("procedure.reopen", { count: Math.round(procedure.reopen_hours / 24) })}</p> : null}
      <details className={styles.fold}>
        <summary>{t("procedure.states")}</summary>
        <dl>
          {procedure.states.map((state) => (
            <div key={state.id}>
              <dt>{state.name}</dt>
              <dd>{state.text}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
