import { ProblemAlert } from "@atiende/ui";
import { Button, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../data/cases";
import { useTimeZone } from "../../data/city";
import type { CaseDetail } from "../../data/types";
import { useSession } from "../../auth/context";
import { markRead, readUntil } from "../drafts/readMarks";
import { useDraft } from "../drafts/useDrafts";
import { useReadMentions } from "../mentions/queries";
import { EntryLine } from "./EntryLine";
import { linesOf } from "./entries";
import { OutgoingLine } from "./OutgoingLine";
import classes from "./Timeline.module.css";

/** Entries shown at first, and how many more at a time: long threads open as fast as short ones. */
const PAGE = 60;

/** Everything that was written and done, over all channels, oldest first. */
export function Timeline({ open }: { open: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const { data, error, isPending, refetch } = useQuery(caseQueries.timeline(open.case_id));
  const [draft] = useDraft(open.case_id);
  const [count, setCount] = useState(PAGE);
  const [since] = useState(() => readUntil(open.case_id));
  const scroller = useRef<HTMLDivElement>(null);
  const entries = data?.items ?? [];
  const shown = entries.slice(-count);
  const newest = shown.at(-1)?.time;
  const sending = draft.outgoing.length;
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [newest, sending]);
  useEffect(() => {
    const last = open.last_inbound_time ?? open.open_time;
    if (newest && document.visibilityState === "visible") markRead(open.case_id, Date.parse(last));
  }, [newest, open.case_id, open.last_inbound_time, open.open_time]);
  const read = useReadMentions();
  const { subject } = useSession();
  // Notes that call this person and that they are looking at now; a text, so that equal ones are not told twice.
  const calling = shown
    .filter((entry) => entry.mentions?.some((one) => one.subject === subject && one.read_time === null))
    .map((entry) => entry.message_id)
    .join(" ");
  useEffect(() => {
    if (calling && document.visibilityState === "visible") read(calling.split(" "));
  }, [calling, read]);
  const day = (time: string) => new Date(time).toLocaleDateString(i18n.language, { weekday: "long", day: "numeric", month: "long", timeZone });
  return (
    // A region that scrolls has to be reachable by the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={classes.scroller} role="region" aria-label={t("case.conversation")} tabIndex={0}>
      {isPending ? <Loader size="sm" aria-label={t("common.loading")} m="auto" /> : null}
      {error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : null}
      {entries.length > count ? (
        <Button size="compact-sm" variant="default" mx="auto" onClick={() => setCount(count + 2 * PAGE)}>
          {t("case.earlier", { count: entries.length - count })}
        </Button>
      ) : null}
      <ol className={classes.lines}>
        {linesOf(shown, timeZone, since).map((line, index) => {
          if (line.kind === "day") {
            return (
              <li key={`${line.day}-${index}`} className={classes.day}>
                <span>{day(line.time)}</span>
              </li>
            );
          }
          if (line.kind === "new") {
            return (
              <li key="new" className={classes.new}>
                <span>{t("case.newSince")}</span>
              </li>
            );
          }
          const { entry } = line;
          return <EntryLine key={entry.message_id ?? `${entry.time}${entry.kind}${index}`} entry={entry} />;
        })}
        {draft.outgoing.map((one) => (
          <OutgoingLine key={one.key} caseId={open.case_id} outgoing={one} />
        ))}
      </ol>
    </div>
  );
}
