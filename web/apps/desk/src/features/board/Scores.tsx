import { DataTable, ProblemAlert } from "@atiende/ui";
import { Group, NativeSelect, SegmentedControl, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../../format/useNow";
import { BarChart } from "./BarChart";
import { useFigures } from "./format";
import { agentsOptions, scoresOptions, type Score, type ScoreDimension } from "./queries";
import { useUnitNames } from "./release";
import { Blank, Loading } from "./states";

const PERIODS = [7, 30, 90] as const;
const DAY_MS = 86_400_000;

/** Satisfaction by unit, channel or agent, with how many it stands on. */
export function Scores() {
  const { t } = useTranslation();
  const say = useFigures();
  const [by, setBy] = useState<ScoreDimension>("unit");
  const [days, setDays] = useState<number>(30);
  // Whole days, so that the same question is not asked anew at every second.
  const since = new Date(Math.floor(useNow() / DAY_MS) * DAY_MS - days * DAY_MS).toISOString();
  const scores = useQuery(scoresOptions(by, since));
  const nameOf = useScoreNames(by);
  const answered = (scores.data ?? []).filter((score) => score.n > 0);
  return (
    <Stack component="section" aria-labelledby="satisfaccion">
      <Group justify="space-between">
        <Title order={2} size="h4" id="satisfaccion">
          {t("board.scores.title")}
        </Title>
        <Group>
          <SegmentedControl
            aria-label={t("board.scores.by")}
            value={by}
            onChange={(value) => setBy(value as ScoreDimension)}
            data={(["unit", "channel", "agent"] as const).map((value) => ({ value, label: t(`board.scores.dimension.${value}`) }))}
          />
          <NativeSelect
            size="sm"
            aria-label={t("board.scores.period")}
            value={String(days)}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
            data={PERIODS.map((value) => ({ value: String(value), label: t("board.scores.days", { count: value }) }))}
          />
        </Group>
      </Group>
      {scores.error && !scores.data ? <ProblemAlert error={scores.error} onRetry={() => void scores.refetch()} /> : null}
      {scores.isPending ? <Loading rows={4} /> : null}
      {scores.data && scores.data.length === 0 ? <Blank order={3} title={t("board.scores.none")} text={t("board.scores.noneText")} /> : null}
      {scores.data && scores.data.length > 0 ? (
        <DataTable
          caption={t("board.scores.caption")}
          rows={scores.data}
          rowKey={(score) => score.key}
          columns={[
            { key: "key", title: t(`board.scores.dimension.${by}`), cell: (score) => nameOf(score) },
            { key: "csat", title: t("board.scores.csat"), numeric: true, cell: (score) => (score.csat === null ? "–" : say.percent(score.csat)) },
            { key: "mean", title: t("board.scores.mean"), numeric: true, cell: (score) => (score.mean_score === null ? "–" : say.decimal(score.mean_score)) },
            { key: "n", title: t("board.scores.n"), numeric: true, cell: (score) => say.number(score.n) },
            { key: "asked", title: t("board.scores.asked"), numeric: true, cell: (score) => say.number(score.invitations) },
            { key: "rate", title: t("board.scores.rate"), numeric: true, cell: (score) => (score.response_rate === null ? "–" : say.percent(score.response_rate)) },
          ]}
        />
      ) : null}
      {answered.length > 1 ? (
        <BarChart
          title={t("board.scores.chart")}
          categoryTitle={t(`board.scores.dimension.${by}`)}
          categories={answered.map(nameOf)}
          series={[{ name: t("board.scores.csat"), values: answered.map((score) => score.csat) }]}
          format={(share) => say.percent(share)}
          most={1}
        />
      ) : null}
    </Stack>
  );
}

function useScoreNames(by: ScoreDimension): (score: Score) => string {
  const { t, i18n } = useTranslation();
  const units = useUnitNames();
  const agents = useQuery({ ...agentsOptions, enabled: by === "agent" });
  return ({ key }) => {
    if (by === "unit") return units.get(key) ?? key;
    if (by === "channel") return i18n.exists(`channel.${key}`) ? t(`channel.${key}`) : key;
    return agents.data?.find((agent) => agent.agent_id === key)?.name || t("board.scores.unknown");
  };
}
