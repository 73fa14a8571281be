import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { say } from "../../app/toasts";
import { caseQueries } from "../../data/cases";
import { mentionsQuery } from "./queries";

/** Says it when a colleague calls this person while their desk is open. */
export function MentionNotice() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const count = useQuery(caseQueries.counts()).data?.counts["mentions"];
  const before = useRef(count);
  useEffect(() => {
    const known = before.current;
    before.current = count;
    if (known === undefined || count === undefined || count <= known) return;
    void client.fetchInfiniteQuery({ ...mentionsQuery(true), staleTime: 0 }).then((data) => {
      const newest = data.pages[0]?.items[0];
      if (!newest) return;
      say(t("mentions.notice", { name: newest.actor_name, folio: newest.folio }), {
        label: t("mentions.open"),
        run: () => void navigate({ to: "/casos/$caseId", params: { caseId: newest.case_id } }),
      });
    }, () => undefined);
  }, [count, client, navigate, t]);
  return null;
}
