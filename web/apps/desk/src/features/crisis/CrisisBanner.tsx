import { IconSiren } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { OVERSEERS, hasRole, useSession } from "../../auth/context";
import { textOf } from "../admin/content";
import classes from "./crisis.module.css";
import { bannerOptions, crisisOptions } from "./queries";

/** Over every page of the desk: the city is in crisis, or somebody waits for a second person to say so. */
export function CrisisBanner() {
  const { t, i18n } = useTranslation();
  const overseer = hasRole(useSession(), OVERSEERS);
  // Those who may see the switch see it at once; the city's page, which everybody may read, is kept for some seconds.
  const seen = useQuery({ ...crisisOptions, enabled: overseer }).data;
  const told = useQuery({ ...bannerOptions(i18n.language), enabled: !overseer }).data;
  const text = seen ? (seen.active ? textOf(seen.text, i18n.language) : null) : told;
  const pending = seen?.pending;
  return (
    <div role="status">
      {text ? (
        <p className={classes.banner}>
          <IconSiren size={20} />
          <span>
            <strong>{t("crisis.on")}.</strong> {text}
          </span>
          {overseer ? <Link to="/crisis">{t("crisis.open")}</Link> : null}
        </p>
      ) : null}
      {pending ? (
        <p className={classes.waiting}>
          <IconSiren size={20} />
          <span>{t(pending.activate ? "crisis.waitsOn" : "crisis.waitsOff", { name: pending.requester?.name ?? "" })}</span>
          <Link to="/crisis">{t("crisis.open")}</Link>
        </p>
      ) : null}
    </div>
  );
}
