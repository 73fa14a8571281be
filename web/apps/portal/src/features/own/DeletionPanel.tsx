import { ProblemAlert } from "@atiende/ui";
import { Button, Checkbox } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useFormat } from "../../app/useFormat";
import { useLanguage } from "../../app/useLanguage";
import { forgetOwn, sessionQuery } from "../cases/session";
import { askDeletion, deletionQuery, type Deletion } from "./record";
import styles from "./Own.module.css";

/** Asks the city to forget one: what goes, what the law keeps, and a word that it is meant. */
export function DeletionPanel({ deletion, onGone }: { deletion: Deletion; onGone: (deletion: Deletion) => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const language = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const ask = useMutation({
    mutationFn: () => askDeletion(language),
    onSuccess: (asked) => {
      if (asked.state === "blocked") {
        onGone(asked);
        forgetOwn();
        client.setQueryData(sessionQuery.queryKey, null);
      } else client.setQueryData(deletionQuery(language).queryKey, asked);
    },
  });
  if (deletion.state !== "none") return <Waiting deletion={deletion} />;
  return (
    <>
      <p>{t("data.deleteHelp")}</p>
      {isOpen ? (
        <Confirm deletion={deletion} isAsking={ask.isPending} error={ask.error} onMeant={() => ask.mutate()} onCancel={() => setOpen(false)} />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          {t("data.delete")}
        </Button>
      )}
    </>
  );
}

interface Meant {
  deletion: Deletion;
  isAsking: boolean;
  error: unknown;
  onMeant: () => void;
  onCancel: () => void;
}

function Confirm({ deletion, isAsking, error, onMeant, onCancel }: Meant) {
  const { t } = useTranslation();
  const [isMeant, setMeant] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!isMeant);
    if (isMeant) onMeant();
    else box.current?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className={styles.inner}>
      <h3 ref={heading} tabIndex={-1} data-quiet-focus>
        {t("data.confirmTitle")}
      </h3>
      <p>{t("data.goes")}</p>
      {deletion.waiting_for.length > 0 ? <p>{t("data.waits", { folios: deletion.waiting_for.join(", ") })}</p> : null}
      <Kept deletion={deletion} />
      <Checkbox
        ref={box}
        label={t("data.meant")}
        checked={isMeant}
        error={isMissing ? t("data.meantMissing") : undefined}
        onChange={(event) => {
          setMissing(false);
          setMeant(event.currentTarget.checked);
        }}
      />
      {error ? <ProblemAlert error={error} /> : null}
      <div className={styles.row}>
        <Button type="submit" color="red.9" loading={isAsking}>
          {t("data.deleteNow")}
        </Button>
        <Button variant="default" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}

function Waiting({ deletion }: { deletion: Deletion }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div role="status">
      {deletion.ask_time ? <p className={styles.done}>{t("data.asked", { when: format.date(deletion.ask_time) })}</p> : null}
      <p>{t("data.waits", { folios: deletion.waiting_for.join(", ") })}</p>
      <Kept deletion={deletion} />
    </div>
  );
}

/** After the data went out of use: the session is over, and this page is the last that knows of it. */
export function DeletionTold({ deletion }: { deletion: Deletion }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("data.goneTitle")}</PageHeading>
      <p>{t("data.gone")}</p>
      {deletion.delete_time ? <p>{t("data.goneWhen", { when: format.date(deletion.delete_time) })}</p> : null}
      <Kept deletion={deletion} />
      <Link to="/" className="link tap">
        {t("data.home")}
      </Link>
    </div>
  );
}

function Kept({ deletion }: { deletion: Deletion }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t("data.kept")}</p>
      <ul>
        {deletion.kept.map((one) => (
          <li key={one.what}>
            {one.what} <span className={styles.quiet}>{one.why}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
