import { ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { PageHeading } from "../../app/PageHeading";
import { useLanguage } from "../../app/useLanguage";
import { byCategory } from "../procedures/groups";
import { proceduresQuery } from "../procedures/queries";
import { SearchBox } from "../search/SearchBox";
import { ContactWays } from "./ContactWays";
import styles from "./Home.module.css";

export function Home() {
  const { t } = useTranslation();
  const language = useLanguage();
  const procedures = useQuery(proceduresQuery(language));
  return (
    <>
      <div className={styles.hero}>
        <div className="wrap">
          <PageHeading className={styles.title}>{t("home.title")}</PageHeading>
          <p className={styles.lead}>{t("home.lead")}</p>
          <SearchBox />
        </div>
      </div>
      <div className="wrap">
        <ul className={`plain-list ${styles.shortcuts}`}>
          <li>
            <Link to="/seguimiento">
              <Icon name="list" size={26} />
              <span>
                <strong>{t("home.follow")}</strong>
                <small>{t("home.followHelp")}</small>
              </span>
            </Link>
          </li>
          <li>
            <Link to="/tramites">
              <Icon name="document" size={26} />
              <span>
                <strong>{t("home.all")}</strong>
                <small>{t("home.allHelp")}</small>
              </span>
            </Link>
          </li>
        </ul>
        <section aria-labelledby="tramites" className={styles.section}>
          <h2 id="tramites">{t("home.procedures")}</h2>
          {procedures.error ? <ProblemAlert error={procedures.error} onRetry={() => void procedures.refetch()} /> : null}
          {procedures.isPending ? <CategoriesWaiting /> : null}
          <div className={styles.categories}>
            {byCategory(procedures.data ?? []).map(({ category, items }) => (
              <section key={category}>
                <h3>{category}</h3>
                <ul className="plain-list">
                  {items.map((one) => (
                    <li key={one.code}>
                      <Link to="/tramites/$code" params={{ code: one.code }} className="link tap">
                        {one.name}
                      </Link>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </div>
        </section>
        <ContactWays />
      </div>
    </>
  );
}

function CategoriesWaiting() {
  const { t } = useTranslation();
  return (
    <div className={styles.categories} aria-busy>
      <span className="visually-hidden">{t("common.loading")}</span>
      {[1, 2, 3, 4, 5, 6].map((one) => (
        <div key={one} className={styles.waiting} />
      ))}
    </div>
  );
}
