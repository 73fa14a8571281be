import { DataTable, ProblemAlert, type Column } from "@atiende/ui";
import { Button, Group, Text, Title } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { Time } from "../../parts/Time";
import { Page } from "../board/Page";
import board from "../board/Page.module.css";
import { Blank, Loading } from "../board/states";
import classes from "./admin.module.css";
import { NewDraft } from "./NewDraft";
import { draftsOptions, releasesOptions, useMayEdit, type DraftSummary, type Release } from "./queries";

/** What is in force, what is being prepared, and what was in force before. */
export function HomePage() {
  const { t } = useTranslation();
  const mayEdit = useMayEdit();
  return (
    <Page title={t("admin.title")}>
      <p className={classes.text}>{t("admin.intro")}</p>
      <section aria-labelledby="borradores">
        <Group justify="space-between" mb="sm">
          <Title order={2} size="h4" id="borradores">
            {t("admin.drafts.title")}
          </Title>
          {mayEdit ? <NewDraft /> : null}
        </Group>
        <Drafts />
      </section>
      <section aria-labelledby="versiones">
        <Title order={2} size="h4" id="versiones" mb="sm">
          {t("admin.releases.title")}
        </Title>
        <Releases />
      </section>
    </Page>
  );
}

function Drafts() {
  const { t } = useTranslation();
  const drafts = useQuery(draftsOptions);
  if (drafts.error && !drafts.data) return <ProblemAlert error={drafts.error} onRetry={() => void drafts.refetch()} />;
  if (!drafts.data) return <Loading rows={2} />;
  const open = drafts.data.filter((draft) => draft.published_version === null);
  if (open.length === 0) return <Blank order={3} title={t("admin.drafts.none")} text={t("admin.drafts.noneText")} />;
  const columns: Column<DraftSummary>[] = [
    {
      key: "title",
      title: t("admin.drafts.name"),
      name: true,
      cell: (draft) => (
        <Link to="/administracion/borradores/$draft" params={{ draft: draft.id }} className={board.link}>
          {draft.title}
        </Link>
      ),
    },
    { key: "author", title: t("admin.drafts.author"), cell: (draft) => draft.author_name || t("admin.someone") },
    { key: "changed", title: t("admin.drafts.changed"), cell: (draft) => <Time time={draft.update_time} /> },
    { key: "base", title: t("admin.drafts.base"), cell: (draft) => t("admin.releases.version", { version: draft.base_version }) },
  ];
  return <DataTable caption={t("admin.drafts.title")} hideCaption rows={open} rowKey={(draft) => draft.id} columns={columns} />;
}

function Releases() {
  const { t } = useTranslation();
  const releases = useInfiniteQuery(releasesOptions);
  const rows = releases.data?.pages.flatMap((page) => page.items) ?? [];
  if (releases.error && !releases.data) return <ProblemAlert error={releases.error} onRetry={() => void releases.refetch()} />;
  if (!releases.data) return <Loading />;
  if (rows.length === 0) return <Blank order={3} title={t("admin.releases.none")} text={t("admin.releases.noneText")} />;
  return (
    <>
      <DataTable caption={t("admin.releases.title")} hideCaption rows={rows} rowKey={(row) => String(row.version)} columns={releaseColumns(t, rows[0]?.version ?? 0)} />
      {releases.hasNextPage ? (
        <Button mt="md" variant="default" loading={releases.isFetchingNextPage} onClick={() => void releases.fetchNextPage()}>
          {t("board.more")}
        </Button>
      ) : null}
    </>
  );
}

function releaseColumns(t: TFunction, head: number): Column<Release>[] {
  return [
    {
      key: "version",
      title: t("admin.releases.number"),
      name: true,
      cell: (row) => (
        <>
          <Link to="/administracion/versiones/$version" params={{ version: String(row.version) }} className={board.link}>
            {t("admin.releases.version", { version: row.version })}
          </Link>{" "}
          {row.version === head ? <Text span size="sm" fw={700} className={board.open ?? ""}>{t("admin.releases.inForce")}</Text> : null}
        </>
      ),
    },
    { key: "when", title: t("admin.releases.when"), cell: (row) => <Time time={row.publish_time} /> },
    { key: "who", title: t("admin.releases.who"), cell: (row) => publisherOf(t, row) },
    { key: "what", title: t("admin.releases.what"), wide: true, cell: (row) => noteOf(t, row) },
  ];
}

export function publisherOf(t: TFunction, row: Release): string {
  return row.publisher_name || (row.publisher === "cli" ? t("admin.releases.byCommand") : t("admin.someone"));
}

export function noteOf(t: TFunction, row: Release): string {
  const back = row.rollback_of === null ? "" : t("admin.releases.rollbackOf", { version: row.rollback_of });
  return [back, row.note].filter(Boolean).join(" · ") || t("admin.releases.noNote");
}
