import { ProblemAlert } from "@atiende/ui";
import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { useLanguage } from "../../app/useLanguage";
import { sessionQuery } from "../cases/session";
import { DeletionPanel, DeletionTold } from "./DeletionPanel";
import { NameForm } from "./NameForm";
import { OwnPage } from "./OwnPage";
import { PointsPanel } from "./PointsPanel";
import { deletionQuery, preferencesQuery, takeAlong, type Deletion } from "./record";
import styles from "./Own.module.css";

/** What the city knows of one: to see it, correct it, take it along and have it deleted. */
export function DataPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const [gone, setGone] = useState<Deletion>();
  const isHere = !gone;
  const session = useQuery({ ...sessionQuery, enabled: isHere });
  const preferences = useQuery({ ...preferencesQuery, enabled: isHere });
  const deletion = useQuery({ ...deletionQuery(language), enabled: isHere });
  // The session ended with the data: what was asked for is told from what was answered.
  if (gone) return <DeletionTold deletion={gone} />;
  const failed = [preferences, deletion, session].find((query) => query.error);
  return (
    <OwnPage title={t("data.title")} error={failed?.error} isPending={preferences.isPending || deletion.isPending} onRetry={() => void failed?.refetch()}>
      {session.data && preferences.data && deletion.data ? (
        <>
          <p>{t("data.lead")}</p>
          <section className={styles.part} aria-labelledby="nombre">
            <h2 id="nombre">{t("data.nameTitle")}</h2>
            <NameForm known={session.data.display_name} />
          </section>
          <section className={styles.part} aria-labelledby="medios">
            <h2 id="medios">{t("data.pointsTitle")}</h2>
            <PointsPanel points={preferences.data.contact_points} />
          </section>
          <section className={styles.part} aria-labelledby="copia">
            <h2 id="copia">{t("data.copyTitle")}</h2>
            <Copy />
          </section>
          <section className={styles.part} aria-labelledby="borrar">
            <h2 id="borrar">{t("data.deleteTitle")}</h2>
            <DeletionPanel deletion={deletion.data} onGone={setGone} />
          </section>
        </>
      ) : null}
    </OwnPage>
  );
}

function Copy() {
  const { t } = useTranslation();
  const take = useMutation({ mutationFn: takeAlong });
  return (
    <>
      <p>{t("data.copyHelp")}</p>
      {take.error ? <ProblemAlert error={take.error} /> : null}
      <div className={styles.row}>
        <Button variant="default" leftSection={<Icon name="download" />} loading={take.isPending} onClick={() => take.mutate()}>
          {t("data.copy")}
        </Button>
        <p role="status" className={styles.done}>
          {take.isSuccess ? t("data.copied") : ""}
        </p>
      </div>
    </>
  );
}
