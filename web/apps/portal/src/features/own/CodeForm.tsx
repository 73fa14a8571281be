import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ClipboardEvent, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLanguage } from "../../app/useLanguage";
import type { Session } from "../cases/session";
import { readCode, sendCode, TRIES, verifyCode, type Challenge } from "./challenge";
import styles from "./Own.module.css";
import { useTold } from "./told";
import { useSecondsUntil } from "./useSecondsUntil";

interface Proof {
  challenge: Challenge;
  /** Adds the address to whoever has entered, in place of entering. */
  isMore?: boolean;
  onProved: (session: Session) => void;
  onAgain: (challenge: Challenge) => void;
  onOther: () => void;
}

/** Takes the code that was sent; five tries, ten minutes, another one after a minute. */
export function CodeForm({ challenge, isMore = false, onProved, onAgain, onOther }: Proof) {
  const { t } = useTranslation();
  const told = useTold();
  const [code, setCode] = useState("");
  const [isMissing, setMissing] = useState(false);
  const [tries, setTries] = useState(TRIES);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), [challenge.id]);
  const verify = useMutation({
    mutationFn: (typed: string) => verifyCode(challenge, typed, isMore),
    onSuccess: onProved,
    onError: (error) => {
      if (error instanceof Problem && error.reason === "CODE_WRONG") setTries((left) => (challenge.overAt < Date.now() ? 0 : left - 1));
      field.current?.focus();
    },
  });
  const isWrong = verify.error instanceof Problem && verify.error.reason === "CODE_WRONG";
  const isOver = isWrong && tries <= 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = readCode(code);
    const isWhole = /^\d{6}$/.test(typed);
    setMissing(!isWhole);
    verify.reset();
    if (isWhole) verify.mutate(typed);
    else field.current?.focus();
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    setCode(readCode(event.clipboardData.getData("text")));
  };
  const error = isMissing ? t("enter.codeMissing") : isOver ? t("enter.refused.codeOver") : isWrong ? t("enter.refused.codeWrong") : undefined;
  return (
    <>
      <form noValidate onSubmit={submit}>
        <Stack gap="lg">
          <TextInput
            ref={field}
            className={styles.code}
            label={t("enter.code")}
            description={t("enter.sentTo", { address: challenge.address })}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={20}
            value={code}
            error={error}
            onChange={(event) => setCode(event.currentTarget.value)}
            onPaste={paste}
          />
          {verify.error && !isWrong ? <ProblemAlert error={told(verify.error)} /> : null}
          <div className={styles.row}>
            <Button type="submit" size="lg" loading={verify.isPending}>
              {t(isMore ? "enter.add" : "enter.check")}
            </Button>
            <Button variant="subtle" onClick={onOther}>
              {t("enter.otherAddress")}
            </Button>
          </div>
        </Stack>
      </form>
      <Resend
        key={challenge.id}
        challenge={challenge}
        onSent={(next) => {
          setCode("");
          setTries(TRIES);
          verify.reset();
          onAgain(next);
        }}
      />
    </>
  );
}

function Resend({ challenge, onSent }: { challenge: Challenge; onSent: (challenge: Challenge) => void }) {
  const { t } = useTranslation();
  const told = useTold();
  const language = useLanguage();
  const seconds = useSecondsUntil(challenge.resendAt);
  const key = useRef(crypto.randomUUID());
  const send = useMutation({
    mutationFn: () => sendCode({ channel: challenge.channel, address: challenge.address }, language, key.current),
    onSuccess: onSent,
  });
  return (
    <section className={styles.resend}>
      <h2>{t("enter.noCode")}</h2>
      <p>{t("enter.noCodeHelp")}</p>
      {send.error ? <ProblemAlert error={told(send.error)} /> : null}
      {seconds > 0 ? (
        <p className={styles.quiet}>{t("enter.againIn", { seconds })}</p>
      ) : (
        <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
          {t("enter.again")}
        </Button>
      )}
    </section>
  );
}
