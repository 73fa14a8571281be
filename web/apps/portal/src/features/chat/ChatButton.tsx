import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { Broken } from "./Broken";
import styles from "./ChatButton.module.css";

// Of the chat, the first page carries this button alone.
const ChatWindow = lazy(() => import("./pages").then((loaded) => ({ default: loaded.ChatWindow })));

/** The way to the chat on every page. */
export function ChatButton() {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);

  function open() {
    setWasOpened(true);
    setOpen((now) => !now);
  }

  function close() {
    setOpen(false);
    button.current?.focus();
  }

  return (
    <>
      <button ref={button} type="button" className={`${styles.button} no-print`} aria-expanded={isOpen} aria-controls={wasOpened ? "chat" : undefined} onClick={open}>
        <Icon name="chat" size={24} />
        {t("shell.chat")}
      </button>
      {wasOpened ? (
        <Broken>
          <Suspense fallback={<p className={styles.loading} role="status">{t("common.loading")}</p>}>
            <ChatWindow isOpen={isOpen} onClose={close} />
          </Suspense>
        </Broken>
      ) : null}
    </>
  );
}
