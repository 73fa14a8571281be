import { IconCheckCircle, IconSiren, ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { hasRole, useSession } from "../../auth/context";
import { useFigures } from "../board/format";
import { Page } from "../board/Page";
import { Loading } from "../board/states";
import { AskForm } from "./AskForm";
import classes from "./crisis.module.css";
import { History } from "./History";
import { Pending } from "./Pending";
import { ASKERS, crisisOptions, type Crisis } from "./queries";

/** Crisis mode: how it stands, who asked, who confirms, and what came before. */
export function CrisisPage() {
  const { t } = useTranslation();
  const crisis = useQuery(crisisOptions);
  const mayAsk = hasRole(useSession(), ASKERS);
  return (
    <Page title={t("crisis.title")}>
      {crisis.error && !crisis.data ? <ProblemAlert error={crisis.error} onRetry={() => void crisis.refetch()} /> : null}
      {crisis.isPending ? <Loading /> : null}
      {crisis.data ? (
        <>
          <State crisis={crisis.data} />
          {crisis.data.pending ? <Pending request={crisis.data.pending} now={crisis.data.server_time} /> : null}
          {!crisis.data.pending && mayAsk ? <AskForm key={String(crisis.data.active)} crisis={crisis.data} /> : null}
          <History requests={crisis.data.history} />
        </>
      ) : null}
    </Page>
  );
}

function State({ crisis }: { crisis: Crisis }) {
  const { t } = useTranslation();
  const figures = useFigures();
  const Picture = crisis.active ? IconSiren : IconCheckCircle;
  return (
    <div>
      <p className={classes.state} data-active={crisis.active}>
        <Picture size={24} />
        {t(crisis.active ? "crisis.on" : "crisis.off")}
      </p>
      {crisis.active && crisis.since ? <p className={classes.facts}>{t("crisis.since", { when: figures.full(crisis.since) })}</p> : null}
    </div>
  );
}
