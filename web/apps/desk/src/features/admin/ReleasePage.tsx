import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { Page } from "../board/Page";
import board from "../board/Page.module.css";
import { useFigures } from "../board/format";
import { Loading } from "../board/states";
import classes from "./admin.module.css";
import { ChangeList } from "./ChangeList";
import { ConfirmButton } from "./ConfirmButton";
import { noteOf, publisherOf } from "./HomePage";
import { headOptions, releaseChangesOptions, releaseOptions, releasesKey, useMayEdit } from "./queries";

/** One publication: what it changed, and the way back to it. */
export function ReleasePage() {
  const { t } = useTranslation();
  const figures = useFigures();
  const { version: given } = useParams({ strict: false });
  const version = Number(given);
  const release = useQuery(releaseOptions(version));
  const changes = useQuery({ ...releaseChangesOptions(version, version - 1), enabled: version > 1 });
  return (
    <Page title={t("admin.releases.version", { version })} part={t("admin.title")}>
      <nav aria-label={t("admin.back")}>
        <Link to="/administracion" className={board.link}>{t("admin.backHome")}</Link>
      </nav>
      {release.error ? <ProblemAlert error={release.error} onRetry={() => void release.refetch()} /> : null}
      {release.isPending ? <Loading rows={2} /> : null}
      {release.data ? (
        <>
          <p className={classes.text}>
            {t("admin.releases.published", { when: figures.full(release.data.publish_time), who: publisherOf(t, release.data) })}
            <br />
            {noteOf(t, release.data)}
          </p>
          <RollBack version={version} />
          <section aria-labelledby="cambios">
            <Title order={2} size="h4" id="cambios" mb="xs">
              {t("admin.releases.changes", { version: version - 1 })}
            </Title>
            {version === 1 ? <p className={classes.text}>{t("admin.releases.first")}</p> : null}
            {changes.error ? <ProblemAlert error={changes.error} onRetry={() => void changes.refetch()} /> : null}
            {changes.isLoading ? <Loading /> : null}
            {changes.data ? <ChangeList changes={changes.data} /> : null}
          </section>
        </>
      ) : null}
    </Page>
  );
}

function RollBack({ version }: { version: number }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const mayEdit = useMayEdit();
  const head = useQuery(headOptions).data?.version;
  const older = head !== undefined && head !== version;
  const undone = useQuery({ ...releaseChangesOptions(version, head ?? 0), enabled: older && mayEdit });
  if (head === version) return <p className={classes.text}>{t("admin.releases.isInForce")}</p>;
  if (!mayEdit || !older) return null;
  const rollBack = async (note: string) => {
    const made = await dataOf(
      api.catalog.POST("/api/catalog/v1/releases/{version}/rollback", { params: { path: { version } }, body: { expected_version: head, note } }),
    );
    await client.invalidateQueries({ queryKey: releasesKey });
    say(t("admin.rollback.done", { version, made: made.version }));
    await navigate({ to: "/administracion" });
  };
  return (
    <div>
      <ConfirmButton
        label={t("admin.rollback.action")}
        title={t("admin.rollback.title", { version })}
        text={t("admin.rollback.text", { version, head })}
        note={t("admin.publish.note")}
        action={rollBack}
        button={{ variant: "default" }}
      >
        {undone.data ? <ChangeList changes={undone.data} /> : <Loading rows={2} />}
      </ConfirmButton>
    </div>
  );
}
