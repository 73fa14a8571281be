import { DataTable, ProblemAlert, type Column } from "@atiende/ui";
import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { hasRole, useSession } from "../../auth/context";
import { BoardFrame } from "./BoardFrame";
import { useFigures, type Figures } from "./format";
import classes from "./Page.module.css";
import { PersonWork } from "./PersonWork";
import { agentsOptions, workOptions, type Agent } from "./queries";
import { MANAGERS, useSkillNames, useUnitNames } from "./release";
import { SkillsDialog } from "./SkillsDialog";
import { Blank, Loading } from "./states";
import { shortUnit } from "../../parts/unit";

type Opened = { kind: "work" | "skills"; agentId: string } | null;

/** Who is there, what they carry, and what they can do. */
export function PeoplePage() {
  const { t } = useTranslation();
  const say = useFigures();
  const session = useSession();
  const { unidad } = useSearch({ strict: false });
  const agents = useQuery(agentsOptions);
  const work = useQuery(workOptions);
  const skillNames = useSkillNames();
  const [opened, setOpened] = useState<Opened>(null);
  const shown = (agents.data ?? []).filter((agent) => !unidad || agent.units.includes(unidad)).sort(byPresence);
  const chosen = agents.data?.find((agent) => agent.agent_id === opened?.agentId);
  const unitNames = useUnitNames();
  const close = () => setOpened(null);
  return (
    <BoardFrame part="people" watched={[agents, work]}>
      {agents.error && !agents.data ? <ProblemAlert error={agents.error} onRetry={() => void agents.refetch()} /> : null}
      {agents.isPending ? <Loading rows={8} /> : null}
      {agents.data && shown.length === 0 ? <Blank title={t("board.people.none")} text={t("board.people.noneText")} /> : null}
      {shown.length > 0 ? (
        <DataTable
          caption={t("board.people.caption", { count: shown.length, online: shown.filter((agent) => agent.available).length })}
          rows={shown}
          rowKey={(agent) => agent.agent_id}
          columns={columns({
            t,
            say,
            unitName: (id) => unitNames.get(id) ?? id,
            skillNames,
            mayManage: hasRole(session, MANAGERS),
            onOpen: (kind, agentId) => setOpened({ kind, agentId }),
          })}
        />
      ) : null}
      {chosen && opened?.kind === "work" ? (
        <PersonWork
          agent={chosen}
          colleagues={agents.data ?? []}
          items={(work.data ?? []).filter((item) => item.agent_id === chosen.agent_id)}
          loading={work.isPending}
          error={work.error}
          mayManage={hasRole(session, MANAGERS)}
         
          onClose={close}
        />
      ) : null}
      {chosen && opened?.kind === "skills" ? <SkillsDialog agent={chosen} onClose={close} /> : null}
    </BoardFrame>
  );
}

const ORDER = { online: 0, away: 1, offline: 2 } as const;

/** Online and away are only as true as the last sign of life. */
export function presenceOf(agent: Agent): "online" | "away" | "offline" | "silent" {
  if (agent.status === "online") return agent.available ? "online" : "silent";
  return agent.status;
}

function byPresence(one: Agent, other: Agent): number {
  const rank = (agent: Agent) => (agent.status === "online" && !agent.available ? 1.5 : ORDER[agent.status]);
  return rank(one) - rank(other) || one.name.localeCompare(other.name, "es");
}

interface Shown {
  t: TFunction;
  say: Figures;
  unitName: (id: string) => string;
  skillNames: ReadonlyMap<string, string>;
  mayManage: boolean;
  onOpen: (kind: "work" | "skills", agentId: string) => void;
}

function columns({ t, say, unitName, skillNames, mayManage, onOpen }: Shown): Column<Agent>[] {
  return [
    {
      key: "name",
      title: t("board.people.name"),
      cell: (agent) => (
        <>
          {agent.name || agent.agent_id}
          {agent.supervisor ? <span className={classes.quiet}> · {t("shell.role.supervisor")}</span> : null}
          <br />
          <span className={classes.quiet}>{agent.units.map(unitName).map(shortUnit).join(" · ")}</span>
        </>
      ),
    },
    {
      key: "presence",
      title: t("board.people.presence"),
      cell: (agent) => {
        const presence = presenceOf(agent);
        return (
          <>
            <span className={classes.presence} data-presence={presence} aria-hidden="true" /> {t(`board.presence.${presence}`)}
            <br />
            <span className={classes.quiet}>{t("board.people.since", { time: say.moment(agent.status_time) })}</span>
          </>
        );
      },
    },
    {
      key: "load",
      title: t("board.people.load"),
      cell: (agent) => <Load used={agent.capacity - agent.free_slots} capacity={agent.capacity} pending={agent.pending_offers} t={t} />,
    },
    {
      key: "offers",
      title: t("board.people.offers"),
      cell: (agent) =>
        t("board.people.offersOf", { accepted: agent.offers_accepted, declined: agent.offers_declined, lapsed: agent.offers_lapsed }),
    },
    {
      key: "skills",
      title: t("board.people.skills"),
      cell: (agent) => agent.skills.map((skill) => skillNames.get(skill) ?? skill).join(", ") || t("common.none"),
    },
    {
      key: "actions",
      title: t("board.people.actions"),
      wide: true,
      cell: (agent) => (
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => onOpen("work", agent.agent_id)}>
            {t("board.people.work")}
            <span className="visually-hidden"> {agent.name}</span>
          </Button>
          {mayManage ? (
            <Button size="compact-sm" variant="default" onClick={() => onOpen("skills", agent.agent_id)}>
              {t("board.people.setSkills")}
              <span className="visually-hidden"> {agent.name}</span>
            </Button>
          ) : null}
        </Group>
      ),
    },
  ];
}

function Load({ used, capacity, pending, t }: { used: number; capacity: number; pending: number; t: TFunction }) {
  return (
    <>
      <span className={classes.bar} aria-hidden="true">
        <span style={{ width: `${capacity ? Math.min(100, (used / capacity) * 100) : 0}%` }} />
      </span>
      {t("board.people.loadOf", { used, capacity })}
      {pending > 0 ? (
        <>
          <br />
          <span className={classes.quiet}>{t("board.people.pending", { count: pending })}</span>
        </>
      ) : null}
    </>
  );
}
