import { Problem } from "@atiende/api";
import { ErrorSummary, ProblemAlert, type SummaryEntry } from "@atiende/ui";
import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { readFolio } from "../search/folio";
import styles from "./Cases.module.css";
import { enterBySecret, sessionQuery } from "./session";
import { readTrackingFragment } from "./trackingAddress";

/** A case by the folio and secret of its receipt; nobody needs an account for that. */
export function TrackPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const fragment = useLocation().hash;
  const given = readTrackingFragment(fragment);
  const [folio, setFolio] = useState(given.folio);
  const [secret, setSecret] = useState(given.secret);
  const [shown, setShown] = useState<{ entries: SummaryEntry[]; round: number }>({ entries: [], round: 0 });
  const session = useQuery(sessionQuery).data;
  const enter = useMutation({
    mutationFn: (typed: { folio: string; secret: string }) => enterBySecret(typed.folio, typed.secret),
    onSuccess: ({ case_id }) => {
      if (case_id) void navigate({ to: "/casos/$caseId", params: { caseId: case_id }, replace: true });
    },
  });

  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !fragment) return;
    begun.current = true;
    // Nobody who looks over the shoulder or into the history needs to find the secret there.
    void navigate({ to: "/seguimiento", hash: "", replace: true });
    if (given.folio && given.secret) enter.mutate(given);
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const entries: SummaryEntry[] = [];
    const read = readFolio(folio);
    if (!folio.trim()) entries.push({ target: "folio", text: t("track.folioMissing") });
    else if (read && !read.isRight) entries.push({ target: "folio", text: t("track.folioSlip") });
    if (!secret.trim()) entries.push({ target: "clave", text: t("track.secretMissing") });
    setShown({ entries, round: shown.round + 1 });
    if (entries.length === 0) enter.mutate({ folio: folio.trim(), secret: secret.trim() });
  };
  const said = (target: string) => shown.entries.find((entry) => entry.target === target)?.text;
  const isWrong = enter.error instanceof Problem && (enter.error.status === 401 || enter.error.status === 404);
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("track.title")}</PageHeading>
      <p>{t("track.lead")}</p>
      {session ? <SignedIn isOne={session.assurance === "case"} caseId={session.case_id} /> : null}
      <ErrorSummary entries={shown.entries} round={shown.round} />
      {isWrong ? <ProblemAlert error={new Problem(401, { detail: t("track.wrong") })} /> : enter.error ? <ProblemAlert error={enter.error} /> : null}
      <form noValidate onSubmit={submit} className={styles.enter}>
        <Stack gap="lg">
          <TextInput
            id="folio"
            label={t("track.folio")}
            description={t("track.folioHelp")}
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={folio}
            error={said("folio")}
            onChange={(event) => setFolio(event.currentTarget.value)}
          />
          <TextInput
            id="clave"
            label={t("track.secret")}
            description={t("track.secretHelp")}
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            value={secret}
            error={said("clave")}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <div>
            <Button type="submit" size="lg" loading={enter.isPending}>
              {t("track.enter")}
            </Button>
          </div>
        </Stack>
      </form>
      <h2>{t("track.lostTitle")}</h2>
      <p>
        <Link to="/ingresar" {...(readFolio(folio)?.isRight ? { search: { caso: folio.trim() } } : {})} className="link tap">{t("track.byCode")}</Link>
      </p>
      <p>{t("track.lost")}</p>
    </div>
  );
}

function SignedIn({ isOne, caseId }: { isOne: boolean; caseId: string | null }) {
  const { t } = useTranslation();
  return (
    <p className={styles.note}>
      {isOne && caseId ? (
        <Link to="/casos/$caseId" params={{ caseId }} className="link tap">{t("track.goToCase")}</Link>
      ) : (
        <Link to="/casos" className="link tap">{t("track.goToCases")}</Link>
      )}
    </p>
  );
}
