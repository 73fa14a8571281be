import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { NotFound } from "../../app/NotFound";
import { Page } from "../board/Page";
import board from "../board/Page.module.css";
import { SectionNav } from "../board/SectionNav";
import { Loading } from "../board/states";
import { Mark } from "../board/BoardFrame";
import { PARTS, partBySlug } from "./parts";
import { partsOf } from "./pointer";
import { draftOptions, useProblems } from "./queries";

/** A draft with its parts. */
export function DraftLayout() {
  const { t } = useTranslation();
  const { draft: id = "", part: slug } = useParams({ strict: false });
  const draft = useQuery(draftOptions(id));
  const problems = useProblems(draft.data).data ?? [];
  if (draft.error instanceof Problem && draft.error.status === 404) return <NotFound />;
  const part = slug ? partBySlug(slug) : undefined;
  const params = { draft: id };
  return (
    <Page
      title={draft.data?.title ?? t("admin.draft")}
      part={part ? t(`admin.part.${part.id}`) : t("admin.draft")}
      sections={
        <SectionNav
          label={t("admin.parts")}
          links={[
            { to: "/administracion/borradores/$draft", params, label: t("admin.overview"), exact: true },
            ...PARTS.map((one) => {
              const count = problems.filter((problem) => partsOf(problem.path)[0] === one.id).length;
              return {
                to: "/administracion/borradores/$draft/$part" as const,
                params: { ...params, part: one.slug },
                label: t(`admin.part.${one.id}`),
                mark: <Mark count={count} label={t("admin.problems.count", { count })} />,
              };
            }),
          ]}
        />
      }
    >
      <nav aria-label={t("admin.back")}>
        <Link to="/administracion" className={board.link}>{t("admin.backHome")}</Link>
      </nav>
      {draft.data && draft.data.published_version !== null ? (
        <Alert color="blue" variant="light">
          {t("admin.drafts.isPublished", { version: draft.data.published_version })}
        </Alert>
      ) : null}
      {draft.error ? <ProblemAlert error={draft.error} onRetry={() => void draft.refetch()} /> : null}
      {draft.isPending ? <Loading /> : null}
      {draft.data ? <Outlet /> : null}
    </Page>
  );
}
