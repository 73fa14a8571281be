import { Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../data/cases";

/** How many notes call this person that they have not seen. */
export function MentionsBadge() {
  const { t } = useTranslation();
  const count = useQuery(caseQueries.counts()).data?.counts["mentions"] ?? 0;
  if (count === 0) return null;
  return (
    <Badge size="sm" circle={count < 10} color="red.9">
      {count}
      <span className="visually-hidden"> {t("mentions.unread", { count })}</span>
    </Badge>
  );
}
