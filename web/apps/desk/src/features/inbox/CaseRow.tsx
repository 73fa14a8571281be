import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { CaseView } from "../../data/types";
import { Channel } from "../../parts/Channel";
import { Due } from "../../parts/Due";
import { Marks } from "../../parts/Marks";
import { shortUnit } from "../../parts/unit";
import classes from "./CaseRow.module.css";

interface Props {
  row: CaseView;
  index: number;
  /** Where the keyboard is. */
  active: boolean;
  /** Shown beside the list. */
  open: boolean;
  unread: boolean;
  draft: boolean;
  mine: boolean;
  href: string;
  onOpen: (caseId: string) => void;
  onLook: (caseId: string) => void;
  onActive: (caseId: string) => void;
}

/**
 * One case of the list: a link, so that it opens in a new tab as everything else does. It is a plain one: a router's link
 * looks at every change of the address, and a list has hundreds.
 */
export const CaseRow = memo(function CaseRow({ row, active, open, unread, draft, mine, href, onOpen, onLook, onActive, index }: Props) {
  const { t } = useTranslation();
  const assignee = mine ? t("inbox.row.me") : row.assignee_name || t("inbox.row.nobody");
  return (
    <a
      href={href}
      className={classes.row}
      data-index={index}
      data-case={row.case_id}
      data-active={active}
      data-open={open}
      data-unread={unread}
      tabIndex={active ? 0 : -1}
      onMouseEnter={() => onLook(row.case_id)}
      onFocus={() => onActive(row.case_id)}
      onClick={(event) => {
        // With a modifier it is the browser's: a new tab, a new window, a download.
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onOpen(row.case_id);
      }}
    >
      <span className={classes.subject}>
        {unread ? <span className="visually-hidden">{t("inbox.row.unread")} </span> : null}
        <span className={classes.title}>{row.subject || row.description || t("inbox.row.noSubject")}</span>
      </span>
      <span className={classes.person}>
        <span className={classes.folio}>{row.folio}</span>
        <span className={classes.citizen}>{row.citizen_name || t("inbox.row.noName")}</span>
      </span>
      <span className={classes.due}>
        <Due row={row} />
      </span>
      <span className={classes.what}>
        <span className={classes.procedure}>{row.procedure_name}</span>
        <span className={classes.unit} title={row.unit_name}>
          {shortUnit(row.unit_name)}
        </span>
      </span>
      <span className={classes.foot}>
        <span className={classes.channel}>
          <Channel channel={row.channel} />
        </span>
        <span className={classes.marks}>
          <Marks row={row} draft={draft} />
        </span>
        <span className={classes.assignee} data-nobody={row.assignee_id === ""}>
          {assignee}
        </span>
      </span>
    </a>
  );
});
