import { dataOf } from "@atiende/api";
import { IconBell } from "@atiende/ui";
import { Button, Group } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { wordsOf } from "../../app/problems";
import { say, sayFailed } from "../../app/toasts";
import { useTitleBadge } from "../../app/title";
import { useCatalogue } from "../../data/city";
import type { Offer } from "../../data/types";
import { workQueries } from "./queries";
import classes from "./work.module.css";

/** The one that lapses first is in sight; more of them must not push the work away. */
const SHOWN = 1;

/** Work that is offered to this person now: why them, and how long it waits for them. */
export function Offers() {
  const { t, i18n } = useTranslation();
  const { data } = useQuery(workQueries.offers(i18n.language));
  const [all, setAll] = useState(false);
  const offers = data?.items ?? [];
  const shown = all ? offers : offers.slice(0, SHOWN);
  useTitleBadge(offers.length);
  return (
    <section aria-label={t("work.offers")} aria-live="polite" className={classes.offers}>
      {shown.map((offer) => (
        <OfferLine key={offer.work_item_id} offer={offer} heard={data?.heard ?? 0} />
      ))}
      {offers.length > SHOWN ? (
        <Button size="compact-sm" variant="subtle" fullWidth radius={0} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("work.fewer") : t("work.more", { count: offers.length - SHOWN })}
        </Button>
      ) : null}
    </section>
  );
}

function OfferLine({ offer, heard }: { offer: Offer; heard: number }) {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { procedures } = useCatalogue();
  const left = useSecondsLeft(heard + offer.seconds_left * 1000);
  const key = workQueries.offers(i18n.language).queryKey;
  const answer = useMutation({
    mutationFn: (choice: "accept" | "decline") => {
      const path = { params: { path: { item_id: offer.work_item_id } } };
      return choice === "accept"
        ? dataOf(api.routing.POST("/api/routing/v1/work-items/{item_id}/accept", path))
        : dataOf(api.routing.POST("/api/routing/v1/work-items/{item_id}/decline", path));
    },
    onSuccess: (_, choice) => {
      client.setQueryData(key, (known) => known && { ...known, items: known.items.filter((one) => one.work_item_id !== offer.work_item_id) });
      if (choice === "decline") return say(t("work.declined", { folio: offer.folio }));
      say(t("case.claim.done", { folio: offer.folio }));
      void navigate({ to: "/casos/$caseId", params: { caseId: offer.case_id } });
    },
    onError: (error) => sayFailed(`${offer.folio}: ${wordsOf(error)}`),
    onSettled: () => client.invalidateQueries({ queryKey: ["work"] }),
  });
  if (left <= 0) return null;
  const procedure = procedures.find((one) => one.id === offer.procedure_code)?.name ?? offer.procedure_code;
  return (
    <div className={classes.offer}>
      <IconBell size={20} />
      <div className={classes.what}>
        <strong>
          {t(`work.kind.${offer.kind}`)}: {procedure} · {offer.folio}
        </strong>
        <span>{offer.reasons.join(" · ")}</span>
      </div>
      {/* Every second would be read aloud; what counts is said once by the text of the offer. */}
      <span className={classes.left} aria-live="off">
        {t("work.left", { count: left })}
      </span>
      <Group gap="xs" wrap="nowrap">
        <Button size="sm" loading={answer.isPending && answer.variables === "accept"} onClick={() => answer.mutate("accept")}>
          {t("work.accept")}
        </Button>
        <Button size="sm" variant="default" loading={answer.isPending && answer.variables === "decline"} onClick={() => answer.mutate("decline")}>
          {t("work.decline")}
        </Button>
      </Group>
    </div>
  );
}

function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
