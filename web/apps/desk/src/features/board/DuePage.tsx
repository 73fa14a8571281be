import { dataOf, type CasesSchemas } from "@atiende/api";
import { DataTable, ProblemAlert, type Column } from "@atiende/ui";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useNow } from "../../format/useNow";
import { api } from "../../app/api";
import { BoardFrame, useShownUnits } from "./BoardFrame";
import { useFigures, type Figures } from "./format";
import { CaseLink, InboxLink } from "./links";
import { boardKey, lateTerms, REFRESH_MS, useQueues, type Queue } from "./queries";
import { useUnitNames } from "./release";
import { Blank, Loading } from "./states";
import { Due } from "../../parts/Due";
import { shortUnit } from "../../parts/unit";
import { UnitName } from "./UnitName";

type Case = CasesSchemas["schemas"]["CaseView"];

/** How many of those that are due first are shown; the inbox has them all. */
const SHOWN = 25;
const SOON_HOURS = 24;

const dueOptions = (unit: string | undefined) =>
  queryOptions({
    queryKey: [...boardKey, "due", unit ?? ""],
    queryFn: async () =>
      (await dataOf(api.cases.GET("/api/cases/v1/cases", { params: { query: { limit: SHOWN, ...(unit ? { unit } : {}) } } }))).items,
    refetchInterval: REFRESH_MS * 3,
  });

/** What is late or will be soon, with the way to it. */
export function DuePage() {
  const { t } = useTranslation();
  const say = useFigures();
  const { unidad } = useSearch({ strict: false });
  const queues = useQueues();
  const first = useQuery(dueOptions(unidad));
  const units = useShownUnits(queues.data).filter((queue) => lateTerms(queue) > 0);
  const names = useUnitNames();
  const now = useNow();
  const urgent = (first.data ?? []).filter((one) => one.overdue || Date.parse(one.next_due_time) - now < SOON_HOURS * 3_600_000);
  return (
    <BoardFrame part="due" watched={[queues, first]}>
      {queues.error && !queues.data ? <ProblemAlert error={queues.error} onRetry={() => void queues.refetch()} /> : null}
      {queues.isPending ? <Loading rows={3} /> : null}
      {queues.data && units.length === 0 ? <Blank title={t("board.due.noneLate")} text={t("board.due.noneLateText")} /> : null}
      {units.length > 0 ? (
        <DataTable caption={t("board.due.byUnit")} rows={units} rowKey={(queue) => queue.unit_id} columns={unitColumns(t, say)} />
      ) : null}
      {first.error && !first.data ? <ProblemAlert error={first.error} onRetry={() => void first.refetch()} /> : null}
      {first.isPending ? <Loading rows={6} /> : null}
      {urgent.length > 0 ? (
        <DataTable
          caption={t("board.due.first", { hours: SOON_HOURS })}
          rows={urgent}
          rowKey={(one) => one.case_id}
          columns={caseColumns(t, names)}
        />
      ) : null}
      <p>
        <InboxLink search={unidad ? { unit: unidad } : {}}>
          {t("board.due.all")}
        </InboxLink>
      </p>
    </BoardFrame>
  );
}

function unitColumns(t: TFunction, say: Figures): Column<Queue>[] {
  const link = (count: number, queue: Queue, what: "overdue" | "needs_answer", label: string) =>
    count === 0 ? (
      say.number(0)
    ) : (
      <InboxLink search={{ unit: queue.unit_id, overdue: true, ...(what === "needs_answer" ? { needs_answer: true } : {}) }} label={`${label}: ${count}. ${queue.name}`}>
        {say.number(count)}
      </InboxLink>
    );
  return [
    { key: "unit", title: t("board.queue.unit"), cell: (queue) => <UnitName name={queue.name} /> },
    {
      key: "overdue",
      title: t("board.due.overdue"),
      numeric: true,
      cell: (queue) => link(queue.overdue, queue, "overdue", t("board.due.overdue")),
    },
    {
      key: "first",
      title: t("board.due.firstAnswer"),
      numeric: true,
      cell: (queue) => link(queue.first_answer_overdue, queue, "needs_answer", t("board.due.firstAnswer")),
    },
    { key: "queued", title: t("board.queue.queued"), numeric: true, cell: (queue) => say.number(queue.queued) },
    { key: "people", title: t("board.queue.people"), numeric: true, cell: (queue) => say.number(queue.agents_online) },
  ];
}

function caseColumns(t: TFunction, names: ReadonlyMap<string, string>): Column<Case>[] {
  return [
    {
      key: "folio",
      title: t("board.work.case"),
      cell: (one) => (
        <CaseLink caseId={one.case_id}>
          {one.folio}
        </CaseLink>
      ),
    },
    { key: "subject", title: t("board.due.subject"), wide: true, cell: (one) => one.subject || one.description.slice(0, 120) },
    { key: "unit", title: t("board.queue.unit"), cell: (one) => shortUnit(names.get(one.unit_id) ?? one.unit_id) },
    { key: "due", title: t("board.work.due"), cell: (one) => <Due row={one} /> },
    { key: "who", title: t("board.due.who"), cell: (one) => one.assignee_name || t(one.assignee_id ? "board.due.somebody" : "board.due.nobody") },
  ];
}
