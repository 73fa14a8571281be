import { IconBookmark, type Icon } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../data/cases";
import { useShortcuts } from "../../keyboard/useShortcuts";
import { validateSearch, type InboxSearch } from "./filter";
import classes from "./InboxViews.module.css";
import { VIEWS, listName, searchOf } from "./views";

/** The lists of the inbox with their numbers, under its entry in the main menu. */
export function InboxViews({ wide, onChosen }: { wide: boolean; onChosen?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  useShortcuts(
    VIEWS.filter((view) => view.key).map((view) => ({
      keys: [`g ${view.key}`],
      label: `inbox.view.${view.id}`,
      group: "general" as const,
      run: () => void navigate({ to: "/casos", search: view.search }),
    })),
  );
  const shown = useViews();
  if (!wide) return null;
  return (
    <ul className={classes.views}>
      {shown.map((view) => (
        <li key={view.id}>
          <ViewLink view={view} {...(onChosen ? { onChosen } : {})} />
        </li>
      ))}
      {shown.length === 0 ? <li>{t("common.none")}</li> : null}
    </ul>
  );
}

export interface ShownView {
  id: string;
  name: string;
  search: InboxSearch;
  icon: Icon;
  count?: string;
  current: boolean;
}

/** Built-in lists that have something in them, then the person's own; worked out anew only when another list is shown. */
export function useViews(): ShownView[] {
  const { t, i18n } = useTranslation();
  // A text, so that going from case to case within a list is no change.
  const here = useLocation({ select: ({ pathname, search }) => (pathname.startsWith("/casos") ? listName(validateSearch(search)) : undefined) });
  const counts = useQuery(caseQueries.counts()).data;
  const saved = useQuery(caseQueries.views()).data?.views;
  return useMemo(() => {
    const format = new Intl.NumberFormat(i18n.language);
    const known = VIEWS.flatMap((view): ShownView[] => {
      const number = view.count ? counts?.counts[view.count] : undefined;
      const current = here === listName(view.search);
      if (view.seldom && !current && !number) return [];
      const shown: ShownView = { id: view.id, name: t(`inbox.view.${view.id}`), search: view.search, icon: view.icon, current };
      if (number !== undefined && counts) shown.count = countText(number, counts.counted_to, format);
      return [shown];
    });
    const own = (saved ?? []).map((view, index): ShownView => {
      const of = searchOf(view.query);
      return { id: `saved-${index}`, name: view.name, search: of, icon: IconBookmark, current: here === listName(of) };
    });
    return [...known, ...own];
  }, [here, counts, saved, i18n.language, t]);
}

function countText(count: number, countedTo: number, format: Intl.NumberFormat): string {
  return count > countedTo ? `${format.format(countedTo)}+` : format.format(count);
}

function ViewLink({ view, onChosen }: { view: ShownView; onChosen?: () => void }) {
  return (
    <Link
      to="/casos"
      search={view.search}
      activeOptions={{ exact: true }}
      className={classes.view}
      data-current={view.current}
      aria-current={view.current ? "page" : undefined}
      {...(onChosen ? { onClick: onChosen } : {})}
    >
      <view.icon size={16} />
      <span className={classes.name}>{view.name}</span>
      {view.count === undefined ? null : <span className={classes.count}>{view.count}</span>}
    </Link>
  );
}
