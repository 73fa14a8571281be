import { IconAlert, IconCheckCircle, ProblemAlert } from "@atiende/ui";
import { Button, Drawer, Loader, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../../data/cases";
import type { AuditEntry, CaseDetail } from "../../../data/types";
import { Time } from "../../../parts/Time";
import classes from "./AuditWindow.module.css";

/** Who did what and when, as the audit chain holds it, and whether the chain is whole here. */
export function AuditWindow({ open, onClose }: { open: CaseDetail; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={t("case.audit.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Trail open={open} />
    </Drawer>
  );
}

function Trail({ open }: { open: CaseDetail }) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(caseQueries.audit(open.case_id));
  if (isPending) return <Loader aria-label={t("common.loading")} />;
  if (error) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  const holds = data.pages.every((page) => page.holds);
  const entries = data.pages.flatMap((page) => page.items);
  return (
    <>
      <Text size="sm">{t("case.audit.text", { folio: open.folio })}</Text>
      <p className={classes.verdict} data-holds={holds} role="status">
        {holds ? <IconCheckCircle size={18} /> : <IconAlert size={18} />}
        {t(holds ? "case.audit.holds" : "case.audit.broken")}
      </p>
      {entries.length === 0 ? <Text size="sm">{t("case.audit.none")}</Text> : null}
      <ol className={classes.entries}>
        {entries.map((entry) => (
          <Line key={entry.seq} entry={entry} />
        ))}
      </ol>
      {hasNextPage ? (
        <Button size="sm" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("case.audit.more")}
        </Button>
      ) : null}
    </>
  );
}

function Line({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation();
  const what = t(`case.audit.type.${entry.type.replace(".", "_")}`, { defaultValue: entry.type });
  return (
    <li className={classes.entry} data-holds={entry.holds}>
      <strong>{what}</strong>
      <span className={classes.by}>
        {entry.actor_name || t(`case.actor.${entry.actor_kind}`, { defaultValue: entry.actor_kind })} · <Time time={entry.time} /> ·{" "}
        {t("case.audit.number", { seq: entry.seq })}
      </span>
      <code className={classes.hash}>{entry.hash.slice(0, 16)}…</code>
      {entry.holds ? null : (
        <span className={classes.bad}>
          <IconAlert size={14} /> {t("case.audit.changed")}
        </span>
      )}
    </li>
  );
}
