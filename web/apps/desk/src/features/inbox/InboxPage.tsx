import { useMediaQuery } from "@mantine/hooks";
import { Outlet, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import classes from "./InboxPage.module.css";
import { ListPane } from "./ListPane";

/** The list, and beside it (or instead of it, where there is no room) the case that was opened. */
export function InboxPage() {
  const { t } = useTranslation();
  const { caseId } = useParams({ strict: false });
  const roomy = useMediaQuery("(min-width: 64em)", true, { getInitialValueInEffect: false });
  return (
    <div className={classes.inbox} data-open={caseId !== undefined}>
      <section className={classes.list} aria-label={t("inbox.list")}>
        <ListPane openId={caseId} beside={roomy && caseId !== undefined} />
      </section>
      {caseId === undefined ? null : (
        <section className={classes.case} aria-label={t("inbox.openCase")}>
          <Outlet />
        </section>
      )}
    </div>
  );
}
