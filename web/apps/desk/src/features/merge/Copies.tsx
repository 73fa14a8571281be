import { IconAlert, IconMerge } from "@atiende/ui";
import { useTranslation } from "react-i18next";
import type { Entry } from "../../data/types";
import { Channel } from "../../parts/Channel";
import classes from "./Merge.module.css";

const FAILED = new Set(["technical_failure", "permanent_failure", "unknown"]);

/** The same answer on its way to the people whose requests are attended here too. */
export function Copies({ copies }: Pick<Entry, "copies">) {
  const { t } = useTranslation();
  if (!copies?.length) return null;
  const lost = copies.filter(({ delivery }) => delivery && FAILED.has(delivery)).length;
  return (
    <p className={classes.why}>
      <IconMerge size={14} /> {t("merge.copies", { count: copies.length })}{" "}
      {copies.map((copy) => (copy.channel ? <Channel key={copy.message_id} channel={copy.channel} size={13} /> : null))}{" "}
      {lost > 0 ? (
        <>
          <IconAlert size={14} /> {t("merge.copiesLost", { count: lost })}
        </>
      ) : null}
    </p>
  );
}
