import { useId, type FormEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { AttachButton } from "./AttachButton";
import styles from "./Chat.module.css";
import type { ChatClient } from "./client";

/** As the city's API: longer texts are refused, so they are not sent. */
const MOST = 8_000;
const TELL_FROM = 7_000;

/** Where the visitor writes. What is not sent yet is kept on the device at every key. */
export function Composer({ chat, draft, isReady }: { chat: ChatClient; draft: string; isReady: boolean }) {
  const { t } = useTranslation();
  const id = useId();
  const isTooLong = draft.length > MOST;
  const canSend = isReady && draft.trim() !== "" && !isTooLong;

  function send() {
    if (!canSend) return;
    void chat.send(draft.trim());
    chat.keepDraft("");
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    send();
  }

  function key(event: KeyboardEvent) {
    // On a screen keyboard Intro makes a line, as people expect there.
    const sends = event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing && !matchMedia("(pointer: coarse)").matches;
    if (!sends) return;
    event.preventDefault();
    send();
  }

  return (
    <form className={styles.composer} onSubmit={submit}>
      <label htmlFor={id}>{t("chat.write")}</label>
      <div className={styles.writing}>
        <textarea
          id={id}
          rows={2}
          value={draft}
          aria-describedby={`${id}-left`}
          aria-invalid={isTooLong}
          onChange={(event) => chat.keepDraft(event.currentTarget.value)}
          onKeyDown={key}
        />
        <button type="submit" aria-disabled={!canSend}>
          {t("common.send")}
        </button>
      </div>
      <p id={`${id}-left`} className={styles.hint} aria-live="polite">
        {draft.length > TELL_FROM ? t(isTooLong ? "chat.tooLong" : "chat.left", { count: Math.abs(MOST - draft.length) }) : ""}
      </p>
      <AttachButton chat={chat} />
    </form>
  );
}
