import { IconX } from "@atiende/ui";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../../data/city";
import { shortUnit } from "../../parts/unit";
import classes from "./FilterChips.module.css";
import { FLAGS, narrowing, without, type Flag, type InboxSearch } from "./filter";
import { VIEWS, isSameList } from "./views";

/** What narrows the list, each to be taken away by one click; a list with a name needs no explanation. */
export function FilterChips({ search }: { search: InboxSearch }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const active = narrowing(search);
  if (active.length === 0 || VIEWS.some((view) => isSameList(view.search, search))) return null;
  return (
    <ul className={classes.chips} aria-label={t("inbox.filter.active")}>
      {active.map((field) => {
        const name = nameOf(search, field);
        return (
          <li key={field}>
            <Link to="/casos" search={without(search, field)} className={classes.chip} replace activeOptions={{ exact: true }}>
              <span className="visually-hidden">{t("inbox.filter.remove")} </span>
              {name}
              <IconX size={13} />
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

function useNames(): (search: InboxSearch, field: keyof InboxSearch) => string {
  const { t } = useTranslation();
  const { units, procedures } = useCatalogue();
  return (search, field) => {
    const value = String(search[field]);
    switch (field) {
      case "unit":
        return shortUnit(units.find((one) => one.id === value)?.name ?? value);
      case "procedure":
        return procedures.find((one) => one.id === value)?.name ?? value;
      case "channel":
      case "status":
      case "priority":
        return t(`${field}.${value}`);
      case "assignee":
        return value === "me" || value === "none" ? t(`inbox.assignee.${value}`) : t("inbox.assignee.other");
      case "incident":
        return t(value === "any" ? "inbox.view.incident" : "inbox.filter.oneIncident");
      case "transfer":
        return t(`inbox.view.transfer_${value}`);
      case "mentions":
        return t("inbox.view.mentions");
      default:
        return (FLAGS as readonly string[]).includes(field) ? t(`inbox.flag.${field as Flag}`) : value;
    }
  };
}
