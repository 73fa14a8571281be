import { ProblemAlert } from "@atiende/ui";
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AddressForm } from "./AddressForm";
import type { Challenge } from "./challenge";
import { CodeForm } from "./CodeForm";
import { correct, preferencesQuery, type Correction, type Point } from "./record";
import styles from "./Own.module.css";
import { useTold } from "./told";

/** The addresses that are one's own: a new one is proved by a code, one that is not one's own is removed. */
export function PointsPanel({ points }: { points: readonly Point[] }) {
  const { t } = useTranslation();
  const told = useTold();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: (point: Point) => correct({ remove_contact_points: [{ channel: point.channel, address: point.address } as Correction["remove_contact_points"][number]] }),
    onSuccess: (left) => client.setQueryData(preferencesQuery.queryKey, left),
  });
  // A chat has no address that anybody would know again.
  const shown = points.filter((point) => point.channel === "email" || point.channel === "whatsapp");
  return (
    <>
      <p>{t("data.pointsHelp")}</p>
      <ul className={`plain-list ${styles.points}`}>
        {shown.map((point) => (
          <li key={`${point.channel}:${point.address}`}>
            <span>
              <strong>{point.channel === "whatsapp" ? `+${point.address}` : point.address}</strong>
              <small>
                {t(`preferences.channel.${point.channel as "email"}`)} · {t(point.verified ? "data.checked" : "data.unchecked")}
              </small>
            </span>
            <Button variant="subtle" size="sm" loading={remove.isPending && remove.variables === point} onClick={() => remove.mutate(point)}>
              {t("data.remove")} <span className="visually-hidden">{point.address}</span>
            </Button>
          </li>
        ))}
      </ul>
      {remove.error ? <ProblemAlert error={told(remove.error)} /> : null}
      <p role="status" className={styles.done}>
        {remove.isSuccess ? t("data.removed") : ""}
      </p>
      <Add />
    </>
  );
}

function Add() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [isDone, setDone] = useState(false);
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  if (!isOpen) {
    return (
      <div className={styles.row}>
        <Button
          variant="default"
          onClick={() => {
            setDone(false);
            setOpen(true);
          }}
        >
          {t("data.add")}
        </Button>
        <p role="status" className={styles.done}>
          {isDone ? t("data.added") : ""}
        </p>
      </div>
    );
  }
  return (
    <div className={styles.inner}>
      {challenge ? (
        <CodeForm
          challenge={challenge}
          isMore
          onProved={() => {
            setChallenge(null);
            setOpen(false);
            setDone(true);
            void client.invalidateQueries({ queryKey: ["own"] });
          }}
          onAgain={setChallenge}
          onOther={() => setChallenge(null)}
        />
      ) : (
        <>
          <AddressForm onSent={setChallenge} />
          <Button mt="sm" variant="subtle" onClick={() => setOpen(false)}>
            {t("common.cancel")}
          </Button>
        </>
      )}
    </div>
  );
}
