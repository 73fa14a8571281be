import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useFormat } from "../../app/useFormat";
import { useLanguage } from "../../app/useLanguage";
import styles from "./Cases.module.css";
import { OwnBar } from "./OwnBar";
import { ownCasesQuery, type OwnCase } from "./session";

export function CasesPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useInfiniteQuery(ownCasesQuery(language));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.error instanceof Problem && (query.error.status === 401 || query.error.status === 403)) return <Navigate to="/ingresar" replace />;
  return (
    <div className="wrap page narrow">
      <OwnBar />
      <PageHeading>{t("own.cases")}</PageHeading>
      {query.error ? <ProblemAlert error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <p role="status">{t("common.loading")}</p> : null}
      {query.data && items.length === 0 ? (
        <>
          <p>{t("own.none")}</p>
          <div className={styles.row}>
            <Link to="/seguimiento" className="link tap">{t("own.byReceipt")}</Link>
            <Link to="/tramites" className="link tap">{t("search.seeAll")}</Link>
          </div>
        </>
      ) : null}
      <ul className={`plain-list ${styles.cases}`}>
        {items.map((own) => (
          <CaseRow key={own.case_id} own={own} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("own.more")}</Button>
      ) : null}
    </div>
  );
}

function CaseRow({ own }: { own: OwnCase }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li>
      {own.wants_answer ? <span className={styles.badge}>{t("own.wantsAnswer")}</span> : null}
      <Link to="/casos/$caseId" params={{ caseId: own.case_id }} className={styles.caseLink}>
        {own.procedure?.name ?? t("case.title")}
      </Link>
      <p>
        <strong>{own.status_text}</strong> {own.next_step_text}
      </p>
      {own.unit ? (
        <p>
          {t("case.who")}: {own.assignee ? `${own.assignee}, ` : ""}
          {own.unit.name}
        </p>
      ) : null}
      <small>
        {own.folio ?? t("case.noFolioYet")}
        {own.update_time ? ` · ${t("own.updated", { when: format.when(own.update_time) })}` : null}
      </small>
    </li>
  );
}
