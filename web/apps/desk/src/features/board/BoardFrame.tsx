import { Badge, Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Page.module.css";
import { deadLetterCount } from "./DeadLetters";
import { Freshness, type Watched } from "./Freshness";
import { Page, useWall } from "./Page";
import { lateTerms, recoveryCountsOptions, useQueues, type Queue } from "./queries";
import { SectionNav } from "./SectionNav";

interface Props {
  /** Which part of the board this is; a key of the words under `board.section`. */
  part: "queues" | "people" | "due" | "failures" | "surveys";
  /** Whose freshness is told. */
  watched: readonly Watched[];
  /** Whether the choice of a unit changes what is shown. */
  byUnit?: boolean;
  tools?: ReactNode;
  children: ReactNode;
}

/** What all parts of the supervisor's board share: title, freshness, unit, and the way to the other parts. */
export function BoardFrame({ part, watched, byUnit = true, tools, children }: Props) {
  const { t } = useTranslation();
  const wall = useWall();
  const navigate = useNavigate();
  const queues = useQueues();
  const counts = useQuery(recoveryCountsOptions);
  const dead = useQuery(deadLetterCount);
  const { unidad } = useSearch({ strict: false });
  const late = sum(queues.data, lateTerms);
  return (
    <Page
      title={t("board.title")}
      part={t(`board.section.${part}`)}
      wall={wall}
      tools={
        <>
          <Freshness queries={watched} />
          {byUnit ? (
            <NativeSelect
              size="sm"
              className={classes.unitSelect}
              aria-label={t("board.unit")}
              value={unidad ?? ""}
              onChange={(event) => {
                const chosen = event.currentTarget.value || undefined;
                void navigate({ to: ".", search: (before) => ({ ...before, unidad: chosen }), replace: true });
              }}
              data={[
                { value: "", label: t("board.allUnits") },
                ...(queues.data ?? []).map((queue) => ({ value: queue.unit_id, label: queue.name })),
              ]}
            />
          ) : null}
          {tools}
          <Button size="sm" variant="default" onClick={wall.toggle} aria-pressed={wall.fullscreen}>
            {t(wall.fullscreen ? "board.wall.leave" : "board.wall.enter")}
          </Button>
        </>
      }
      sections={
        <SectionNav
          label={t("board.sections")}
          links={[
            { to: "/tablero", label: t("board.section.queues"), exact: true },
            { to: "/tablero/personas", label: t("board.section.people") },
            { to: "/tablero/plazos", label: t("board.section.due"), mark: <Mark count={late} label={t("board.late", { count: late })} /> },
            {
              to: "/tablero/fallos",
              label: t("board.section.failures"),
              mark: <Mark count={dead.data ?? 0} label={t("board.dead.waiting", { count: dead.data ?? 0 })} />,
            },
            {
              to: "/tablero/encuestas",
              label: t("board.section.surveys"),
              mark: <Mark count={counts.data?.open ?? 0} label={t("board.recovery.waiting", { count: counts.data?.open ?? 0 })} />,
            },
          ]}
        />
      }
    >
      {children}
    </Page>
  );
}

export function Mark({ count, label }: { count: number; label: string }) {
  if (count === 0) return null;
  return (
    <Badge size="sm" variant="filled" color="dark" title={label}>
      {count}
      <span className="visually-hidden"> {label}</span>
    </Badge>
  );
}

/** The units that are shown: the chosen one, or all that the person answers for. */
export function useShownUnits(queues: readonly Queue[] | undefined): readonly Queue[] {
  const { unidad } = useSearch({ strict: false });
  const all = queues ?? [];
  return unidad && all.some((queue) => queue.unit_id === unidad) ? all.filter((queue) => queue.unit_id === unidad) : all;
}

export function sum<Item>(items: readonly Item[] | undefined, figure: (item: Item) => number): number {
  return (items ?? []).reduce((total, item) => total + figure(item), 0);
}
