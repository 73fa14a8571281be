import { DataTable, ProblemAlert } from "@atiende/ui";
import { Button, Drawer, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../../format/useNow";
import { useFigures } from "./format";
import { CaseLink } from "./links";
import { MoveWork } from "./MoveWork";
import classes from "./Page.module.css";
import type { Agent, WorkItem } from "./queries";
import { Blank, Loading } from "./states";

interface Props {
  agent: Agent;
  colleagues: readonly Agent[];
  items: readonly WorkItem[];
  loading: boolean;
  error: unknown;
  mayManage: boolean;
  onClose: () => void;
}

/** What one person has in hand, and the way to give it to somebody else. */
export function PersonWork({ agent, colleagues, items, loading, error, mayManage, onClose }: Props) {
  const { t } = useTranslation();
  const say = useFigures();
  const now = useNow();
  const [moving, setMoving] = useState<WorkItem | null>(null);
  const due = (item: WorkItem) => (item.answered ? item.due_time : (item.first_answer_due_time ?? item.due_time));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t("board.work.title", { name: agent.name })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Stack>
        {error ? <ProblemAlert error={error} /> : null}
        {loading ? <Loading /> : null}
        {!loading && !error && items.length === 0 ? <Blank title={t("board.work.none")} /> : null}
        {items.length > 0 ? (
          <DataTable
            caption={t("board.work.caption", { count: items.length })}
            rows={items}
            rowKey={(item) => item.work_item_id}
            columns={[
              {
                key: "folio",
                title: t("board.work.case"),
                cell: (item) => (
                  <CaseLink caseId={item.case_id}>
                    {item.folio || item.case_id.slice(0, 8)}
                  </CaseLink>
                ),
              },
              { key: "status", title: t("board.work.status"), cell: (item) => t(`board.work.state.${item.status}`) },
              {
                key: "due",
                title: t("board.work.due"),
                cell: (item) => {
                  const at = due(item);
                  if (!at) return "–";
                  const late = Date.parse(at) < now;
                  return <span className={late ? classes.bad : undefined}>{t(late ? "board.due.lateSince" : "board.due.by", { time: say.moment(at) })}</span>;
                },
              },
              {
                key: "move",
                title: t("board.people.actions"),
                cell: (item) =>
                  mayManage ? (
                    <Button size="compact-sm" variant="default" onClick={() => setMoving(item)}>
                      {t("board.work.move")}
                      <span className="visually-hidden"> {item.folio}</span>
                    </Button>
                  ) : (
                    "–"
                  ),
              },
            ]}
          />
        ) : null}
        {items.length > 0 ? <Text size="sm">{t("board.work.note")}</Text> : null}
      </Stack>
      {moving ? (
        <MoveWork item={moving} owner={agent} colleagues={colleagues} onClose={() => setMoving(null)} />
      ) : null}
    </Drawer>
  );
}
