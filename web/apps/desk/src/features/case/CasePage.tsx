import { ProblemAlert } from "@atiende/ui";
import { Skeleton, Stack, Tabs } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useDeferredValue, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { usePageTitle } from "../../app/title";
import { caseQueries } from "../../data/cases";
import type { CaseDetail } from "../../data/types";
import { CaseHead } from "./CaseHead";
import classes from "./CasePage.module.css";
import { CaseSide } from "./side/CaseSide";
import { Composer } from "./compose/Composer";
import { Timeline } from "./Timeline";
import { caseNotices } from "./extensions";
import { TransferBanner } from "./TransferBanner";

/** From this width of its own, in pixels, a case shows its facts beside the conversation. */
const ROOMY = 900;

export function CasePage() {
  const { t } = useTranslation();
  const { caseId: wanted } = useParams({ from: "/casos/$caseId" });
  // Going from row to row does not wait until each case is drawn: drawing one gives way to the next key.
  const caseId = useDeferredValue(wanted);
  const detail = useQuery(caseQueries.detail(caseId));
  if (detail.data) return <OpenCase key={detail.data.case_id} open={detail.data} />;
  return (
    <Stack p="md">
      {detail.error ? (
        <ProblemAlert error={detail.error} onRetry={() => void detail.refetch()} />
      ) : (
        <Stack role="status" aria-label={t("common.loading")}>
          <Skeleton height={24} width="60%" />
          <Skeleton height={14} width="40%" />
          <Skeleton height={80} mt="lg" />
          <Skeleton height={80} width="80%" />
        </Stack>
      )}
    </Stack>
  );
}

function OpenCase({ open }: { open: CaseDetail }) {
  const { t } = useTranslation();
  const { ref, width } = useElementSize();
  const roomy = width >= ROOMY;
  usePageTitle(`${open.folio} · ${open.subject || t("inbox.row.noSubject")}`);
  useEffect(() => {
    // From the keyboard of the list the focus stays there; from everywhere else it comes to the case.
    const list = document.activeElement?.closest("[data-density]");
    if (!list || document.activeElement?.closest("a[data-case]")?.getClientRects().length === 0) {
      document.querySelector<HTMLElement>("#caso")?.focus({ preventScroll: true });
    }
  }, []);
  const talk = (
    <div className={classes.talk}>
      <Timeline open={open} />
      <Composer open={open} />
    </div>
  );
  return (
    <article className={classes.case} aria-labelledby="caso" ref={ref}>
      <CaseHead open={open} />
      <TransferBanner open={open} />
      {caseNotices.map((Notice, index) => (
        <Notice key={index} open={open} />
      ))}
      {roomy ? (
        <div className={classes.columns}>
          {talk}
          <aside className={classes.side} aria-label={t("case.facts")}>
            <CaseSide open={open} />
          </aside>
        </div>
      ) : (
        <Tabs defaultValue="talk" keepMounted={false} className={classes.tabs}>
          <Tabs.List>
            <Tabs.Tab value="talk">{t("case.conversation")}</Tabs.Tab>
            <Tabs.Tab value="facts">{t("case.facts")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="talk" className={classes.panel}>
            {talk}
          </Tabs.Panel>
          <Tabs.Panel value="facts" className={classes.facts}>
            <CaseSide open={open} />
          </Tabs.Panel>
        </Tabs>
      )}
    </article>
  );
}
