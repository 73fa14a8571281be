import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { InboxSearch } from "../inbox/filter";
import classes from "./Page.module.css";

/** The way to a case. */
export function CaseLink({ caseId, children }: { caseId: string; children: ReactNode }) {
  return (
    <Link to="/casos/$caseId" params={{ caseId }} className={classes.link}>
      {children}
    </Link>
  );
}

/** The inbox with filters, as a link. */
export function InboxLink({ search, label, children }: { search: InboxSearch; label?: string; children: ReactNode }) {
  return (
    <Link to="/casos" search={search} className={classes.link} aria-label={label}>
      {children}
    </Link>
  );
}
