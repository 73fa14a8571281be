import { DataTable, ProblemAlert, type Column } from "@atiende/ui";
import { useTranslation } from "react-i18next";
import { BoardFrame, sum, useShownUnits } from "./BoardFrame";
import { BarChart } from "./BarChart";
import { Blank, Loading } from "./states";
import { useFigures, type Figures } from "./format";
import classes from "./Page.module.css";
import { lateTerms, useQueues, type Queue } from "./queries";
import { Tiles, type TileValue } from "./Tiles";
import { UnitName } from "./UnitName";
import type { TFunction } from "i18next";

/** Queues, waits and occupancy by unit. */
export function QueuesPage() {
  const { t } = useTranslation();
  const say = useFigures();
  const queues = useQueues();
  const shown = useShownUnits(queues.data);
  return (
    <BoardFrame part="queues" watched={[queues]}>
      {queues.error && !queues.data ? <ProblemAlert error={queues.error} onRetry={() => void queues.refetch()} /> : null}
      {queues.isPending ? <Loading rows={6} /> : null}
      {queues.data && shown.length === 0 ? <Blank title={t("board.queue.none")} text={t("board.queue.noneText")} /> : null}
      {shown.length > 0 ? (
        <>
          <Tiles label={t("board.queue.now")} tiles={totals(shown, t, say)} />
          <DataTable caption={t("board.queue.byUnit")} columns={columns(t, say)} rows={shown} rowKey={(queue) => queue.unit_id} />
          <BarChart
            title={t("board.queue.chart")}
            categories={shown.map((queue) => queue.name)}
            categoryTitle={t("board.queue.unit")}
            series={[
              { name: t("board.queue.p50"), values: shown.map((queue) => queue.wait_p50_seconds) },
              { name: t("board.queue.p90"), values: shown.map((queue) => queue.wait_p90_seconds) },
            ]}
            format={(seconds) => say.span(seconds)}
          />
        </>
      ) : null}
    </BoardFrame>
  );
}

/** From here on people find no free hands. */
const BUSY = 0.9;

function totals(queues: readonly Queue[], t: TFunction, say: Figures): TileValue[] {
  const oldest = Math.max(0, ...queues.map((queue) => queue.oldest_wait_seconds ?? 0));
  const capacity = sum(queues, (queue) => queue.capacity);
  const free = sum(queues, (queue) => queue.free_slots);
  const online = sum(queues, (queue) => queue.agents_online);
  const queued = sum(queues, (queue) => queue.queued);
  const openWithNobody = queues.filter((queue) => queue.open_now && queue.agents_online === 0 && queue.queued > 0).length;
  const late = sum(queues, lateTerms);
  return [
    {
      label: t("board.queue.queued"),
      value: say.number(queued),
      note: openWithNobody ? t("board.queue.nobody", { count: openWithNobody }) : undefined,
      state: openWithNobody ? "bad" : undefined,
    },
    { label: t("board.queue.oldest"), value: oldest ? say.span(oldest) : "–" },
    { label: t("board.queue.mailbox"), value: say.number(sum(queues, (queue) => queue.mailbox)), note: t("board.queue.mailboxNote") },
    { label: t("board.queue.offered"), value: say.number(sum(queues, (queue) => queue.offered)) },
    { label: t("board.queue.assigned"), value: say.number(sum(queues, (queue) => queue.assigned)) },
    { label: t("board.queue.waitingCitizen"), value: say.number(sum(queues, (queue) => queue.waiting_citizen)) },
    {
      label: t("board.queue.occupancy"),
      value: capacity ? say.percent((capacity - free) / capacity) : "–",
      note: t("board.queue.online", { count: online }),
      state: capacity && (capacity - free) / capacity >= BUSY ? "warn" : undefined,
    },
    { label: t("board.queue.overdue"), value: say.number(late), state: late ? "bad" : undefined },
  ];
}

function columns(t: TFunction, say: Figures): Column<Queue>[] {
  const span = (seconds: number | null) => (seconds === null ? "–" : say.span(seconds));
  return [
    {
      key: "unit",
      title: t("board.queue.unit"),
      cell: (queue) => (
        <>
          <UnitName name={queue.name} />
          <br />
          <span className={queue.open_now ? classes.open : classes.quiet}>{openingText(queue, t, say)}</span>
        </>
      ),
    },
    { key: "queued", title: t("board.queue.queued"), numeric: true, cell: (queue) => say.number(queue.queued) },
    { key: "mailbox", title: t("board.queue.mailbox"), numeric: true, cell: (queue) => say.number(queue.mailbox) },
    { key: "offered", title: t("board.queue.offered"), numeric: true, cell: (queue) => say.number(queue.offered) },
    { key: "assigned", title: t("board.queue.assigned"), numeric: true, cell: (queue) => say.number(queue.assigned) },
    { key: "citizen", title: t("board.queue.waitingCitizen"), numeric: true, cell: (queue) => say.number(queue.waiting_citizen) },
    { key: "oldest", title: t("board.queue.oldest"), numeric: true, cell: (queue) => span(queue.oldest_wait_seconds) },
    { key: "expected", title: t("board.queue.expected"), numeric: true, cell: (queue) => span(queue.expected_wait_seconds) },
    {
      key: "people",
      title: t("board.queue.people"),
      cell: (queue) => (
        <>
          {t("board.queue.peopleOnline", { count: queue.agents_online })}
          {queue.agents_away > 0 ? <div className={classes.quiet}>{t("board.queue.peopleAway", { count: queue.agents_away })}</div> : null}
        </>
      ),
    },
    { key: "occupancy", title: t("board.queue.occupancy"), numeric: true, cell: (queue) => <Share value={queue.occupancy} say={say} /> },
    {
      key: "overdue",
      title: t("board.queue.overdue"),
      numeric: true,
      cell: (queue) => <span className={lateTerms(queue) ? classes.bad : undefined}>{say.number(lateTerms(queue))}</span>,
    },
  ];
}

function openingText(queue: Queue, t: TFunction, say: Figures): string {
  if (queue.open_now) return t("board.queue.open");
  return queue.next_opening ? t("board.queue.opens", { time: say.moment(queue.next_opening) }) : t("board.queue.closed");
}

function Share({ value, say }: { value: number | null; say: Figures }) {
  if (value === null) return <>–</>;
  return (
    <>
      <span className={classes.bar} aria-hidden="true">
        <span style={{ width: `${Math.min(100, Math.round(value * 100))}%` }} />
      </span>
      {say.percent(value)}
    </>
  );
}
