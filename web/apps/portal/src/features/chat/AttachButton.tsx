import { Problem } from "@atiende/api";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import styles from "./Chat.module.css";
import type { ChatClient } from "./client";

/** As the city's API; it judges the content too. */
const MOST_BYTES = 10_000_000;

/** Sends a photo or a document as a message of its own. */
export function AttachButton({ chat }: { chat: ChatClient }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState("");
  const [isBusy, setBusy] = useState(false);

  async function send(file: File) {
    if (file.size > MOST_BYTES) return setTold(t("chat.file.tooBig"));
    setBusy(true);
    setTold(t("chat.file.sending", { name: file.name }));
    try {
      await chat.sendFile(file);
      setTold("");
    } catch (error) {
      setTold(error instanceof Problem && error.status >= 400 && error.status < 500 && error.message ? error.message : t("chat.file.failed"));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className={styles.attach}>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t("chat.file.add")}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) void send(file);
        }}
      />
      <button type="button" className={styles.quiet} aria-disabled={isBusy} onClick={() => !isBusy && input.current?.click()}>
        <Icon name="camera" /> {t("chat.file.add")}
      </button>
      <span role="status" className={styles.hint}>{told}</span>
    </div>
  );
}
