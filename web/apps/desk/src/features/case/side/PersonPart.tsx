import { IconShield, ProblemAlert } from "@atiende/ui";
import { Loader, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../../data/cases";
import type { CitizenDetail } from "../../../data/types";
import { Channel } from "../../../parts/Channel";
import { Time } from "../../../parts/Time";
import classes from "./CaseSide.module.css";
import { Fact, Facts, Part } from "./parts";

const OTHERS_SHOWN = 10;
const ASKED = ["email", "whatsapp", "webchat"] as const;

/** Who the person is to the city: how they are reached, what they agreed to, what else they brought. */
export function PersonPart({ citizenId, caseId }: { citizenId: string; caseId: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(caseQueries.citizen(citizenId));
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loader size="sm" aria-label={t("common.loading")} />;
  const others = data.cases.filter((one) => one.case_id !== caseId);
  return (
    <>
      <Part title={t("case.side.person")}>
        <Facts>
          <Fact name={t("case.side.name")}>{data.display_name || t("inbox.row.noName")}</Fact>
          <Fact name={t("common.language")}>{t(`case.language.${data.language}`, { defaultValue: data.language })}</Fact>
          {data.preferred_channel ? (
            <Fact name={t("case.side.prefers")}>
              <Channel channel={data.preferred_channel} />
            </Fact>
          ) : null}
          {data.contact_points.map((point) => (
            <Point key={`${point.channel}${point.address}`} point={point} />
          ))}
          <Fact name={t("case.side.consents")}>
            <ul className={classes.others}>
              {ASKED.filter((channel) => channel in data.consents).map((channel) => (
                <li key={channel}>
                  <Channel channel={channel} size={13} /> · {t(data.consents[channel] ? "case.side.agreed" : "case.side.refused")}
                </li>
              ))}
            </ul>
            {ASKED.some((channel) => channel in data.consents) ? null : t("case.side.notAsked")}
          </Fact>
        </Facts>
      </Part>
      {others.length > 0 || data.other_cases > 0 ? (
        <Part title={t("case.side.others")}>
          <ul className={classes.others}>
            {others.slice(0, OTHERS_SHOWN).map((one) => (
              <li key={one.case_id}>
                <Link to="/casos/$caseId" params={{ caseId: one.case_id }} search>
                  {one.folio}
                </Link>{" "}
                {one.subject || one.procedure_name}{" "}
                <span className={classes.small}>
                  {one.state_name} · <Time time={one.open_time} />
                </span>
              </li>
            ))}
          </ul>
          {others.length > OTHERS_SHOWN ? <Text size="xs">{t("case.side.moreCases", { count: others.length - OTHERS_SHOWN })}</Text> : null}
          {data.other_cases > 0 ? <Text size="xs">{t("case.side.elsewhere", { count: data.other_cases })}</Text> : null}
        </Part>
      ) : null}
    </>
  );
}

function Point({ point }: { point: CitizenDetail["contact_points"][number] }) {
  const { t } = useTranslation();
  return (
    <Fact name={<Channel channel={point.channel} />}>
      <span className={classes.address}>
        {point.channel === "email" || point.channel === "whatsapp" ? point.address : t(`case.side.through.${point.channel}`)}
      </span>
      <span className={classes.small}>
        {point.verified ? <IconShield size={13} /> : null}
        {t(point.verified ? "case.side.verified" : "case.side.unverified")}
        {point.consent ? "" : ` · ${t("case.side.noConsent")}`}
        {point.last_inbound_time ? (
          <>
            {" · "}
            {t("case.side.wrote")} <Time time={point.last_inbound_time} />
          </>
        ) : null}
      </span>
    </Fact>
  );
}
