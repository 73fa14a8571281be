import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./Page.module.css";

export interface SectionLink {
  to: NonNullable<LinkProps["to"]>;
  params?: LinkProps["params"];
  label: string;
  /** A number or a mark behind the name. */
  mark?: ReactNode;
  exact?: boolean;
}

/** The parts of a page as links: each has an address of its own. */
export function SectionNav({ label, links }: { label: string; links: readonly SectionLink[] }) {
  return (
    <nav aria-label={label}>
      <ul className={classes.sections}>
        {links.map((link) => (
          <li key={link.label}>
            <Link
              to={link.to}
              {...(link.params ? { params: link.params } : {})}
              activeOptions={{ exact: link.exact ?? false, includeSearch: false }}
              className={classes.section}
            >
              {link.label}
              {link.mark}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
