import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import styles from "./Chat.module.css";
import { CaseCard } from "./CaseCard";
import { ChatLog } from "./ChatLog";
import type { ChatClient } from "./client";
import { Composer } from "./Composer";
import { Connection } from "./Connection";
import { useChat } from "./useChat";
import { Wait } from "./Wait";

interface Panel {
  chat: ChatClient;
  /** Id of the heading, for what encloses the panel. */
  headingId: string;
  /** 1 where the chat is the whole page. */
  level: 1 | 2;
  onClose?: (() => void) | undefined;
}

/** The chat with the city, wherever it stands: over a page of the portal or in a frame of another site. */
export function ChatPanel({ chat, headingId, level, onClose }: Panel) {
  const { t } = useTranslation();
  const state = useChat(chat);
  const Heading = `h${level}` as "h1" | "h2";
  return (
    <div className={styles.panel}>
      <div className={styles.head}>
        <Heading id={headingId} className={styles.title} tabIndex={-1}>
          {t("chat.title")}
        </Heading>
        {onClose ? (
          <button type="button" className={styles.close} onClick={onClose} aria-label={t("chat.close")}>
            <Icon name="close" size={22} />
          </button>
        ) : null}
      </div>
      <div className={styles.facts}>
        <Wait />
        <Connection now={state.connection} />
      </div>
      {state.token && state.entries.length > 0 ? (
        <CaseCard token={state.token} count={state.entries.length} hasContact={state.entries.some((entry) => entry.kind === "contact")} />
      ) : null}
      <ChatLog chat={chat} state={state} />
      <Composer chat={chat} draft={state.draft} isReady={state.isLoaded} />
    </div>
  );
}
