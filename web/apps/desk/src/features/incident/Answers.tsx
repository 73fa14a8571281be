import { IconAlert } from "@atiende/ui";
import { Progress, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Time } from "../../parts/Time";
import classes from "./Incident.module.css";
import { toldOf } from "./progress";
import type { IncidentDetail } from "./queries";

/** What all people were told, the standing answer with how far it has come. */
export function Answers({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const standing = incident.answers.at(-1);
  const before = incident.answers.slice(0, -1);
  if (!standing) return <Text>{t("incident.notTold")}</Text>;
  return (
    <section aria-labelledby="respuesta">
      <Title order={2} size="h4" id="respuesta">
        {t("incident.standing")}
      </Title>
      <blockquote className={classes.said}>{standing.text}</blockquote>
      <Text size="sm" c="dimmed">
        {standing.actor_name} · <Time time={standing.time} />
      </Text>
      <HowFar incident={incident} />
      <Lost incident={incident} />
      {before.length > 0 ? (
        <details className={classes.before}>
          <summary>{t("incident.before", { count: before.length })}</summary>
          <ol>
            {before.map((answer) => (
              <li key={answer.number}>
                {answer.text} — {answer.actor_name} · <Time time={answer.time} />
              </li>
            ))}
          </ol>
        </details>
      ) : null}
    </section>
  );
}

function HowFar({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  const { told, all, arrived, onTheWay, failed } = toldOf(incident);
  return (
    <Stack gap={4} mt="sm">
      <Progress value={all === 0 ? 0 : (100 * told) / all} size="lg" aria-label={t("incident.progress")} />
      <Text size="sm" role="status">
        {t("incident.howFar", { told, all })} {t("incident.fate", { arrived, onTheWay, failed })}
      </Text>
    </Stack>
  );
}

function Lost({ incident: { lost } }: { incident: IncidentDetail }) {
  const { t } = useTranslation();
  if (lost.length === 0) return null;
  return (
    <section aria-labelledby="no-llegaron">
      <Title order={3} size="h5" id="no-llegaron" mt="sm">
        <IconAlert size={16} /> {t("incident.lost", { count: lost.length })}
      </Title>
      <ul className={classes.lost}>
        {lost.map((one) => (
          <li key={one.message_id}>
            <Link to="/casos/$caseId" params={{ caseId: one.case_id }}>
              {t("incident.seeCase")}
            </Link>{" "}
            {t(`incident.why.${one.delivery_error}`, { defaultValue: t("incident.why.other", { code: one.delivery_error }) })}
          </li>
        ))}
      </ul>
    </section>
  );
}
