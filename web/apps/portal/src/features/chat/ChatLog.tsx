import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../app/useFormat";
import styles from "./Chat.module.css";
import type { ChatClient, ChatState } from "./client";
import { download } from "./continue";
import { partsOf, type ChatEntry, type Outgoing } from "./conversation";

/** What was said, oldest first; new lines are read out as they come. */
export function ChatLog({ chat, state }: { chat: ChatClient; state: ChatState }) {
  const { t } = useTranslation();
  const log = useRef<HTMLDivElement>(null);
  const count = state.entries.length + state.outgoing.length;
  useEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight;
  }, [count]);
  return (
    // A region that scrolls can be reached by keyboard (axe: scrollable-region-focusable).
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={log} className={styles.log} role="log" aria-live="polite" aria-label={t("chat.log")} tabIndex={0}>
      {state.isLoaded ? null : <p className={styles.note}>{t("common.loading")}</p>}
      {state.isRenewed ? <p className={styles.note}>{t("chat.renewed")}</p> : null}
      {state.isLoaded && count === 0 ? <Welcome hasSession={state.token !== undefined} /> : null}
      {state.entries.map((entry) => (
        <Said key={entry.sequence} entry={entry} token={state.token} />
      ))}
      {state.outgoing.map((one) => (
        <Unconfirmed key={one.id} one={one} chat={chat} />
      ))}
    </div>
  );
}

function Welcome({ hasSession }: { hasSession: boolean }) {
  const { t } = useTranslation();
  if (hasSession) return <p className={styles.note}>{t("chat.fetching")}</p>;
  return (
    <div className={styles.welcome}>
      <p>{t("chat.welcome")}</p>
      <p>{t("chat.welcomePrivacy")}</p>
    </div>
  );
}

function Said({ entry, token }: { entry: ChatEntry; token: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const isOurs = entry.direction === "in";
  return (
    <div className={isOurs ? styles.mine : styles.theirs}>
      <p className={styles.who}>
        {isOurs ? t("chat.you") : entry.kind === "notification" ? t("chat.notice") : t("chat.city")}
        {" · "}
        <time dateTime={entry.time}>{format.when(entry.time)}</time>
      </p>
      <p className={styles.text}>
        <Text text={entry.kind === "contact" ? t("chat.contact.line", { address: entry.text }) : entry.text} />
      </p>
      {entry.files.map((file) => (
        <p key={file.attachment_id} className={styles.choices}>
          <button type="button" onClick={() => token && void download(token, file.attachment_id, file.filename)}>
            {t("chat.file.download", { name: file.filename })}
          </button>
        </p>
      ))}
      {isOurs ? <p className={styles.state}>{t("chat.state.shown")}</p> : null}
    </div>
  );
}

function Unconfirmed({ one, chat }: { one: Outgoing; chat: ChatClient }) {
  const { t } = useTranslation();
  return (
    <div className={`${styles.mine} ${one.state === "refused" ? styles.refused : ""}`}>
      <p className={styles.who}>{t("chat.you")}</p>
      <p className={styles.text}>
        <Text text={one.text || (one.files ?? []).map((file) => file.name).join(", ")} />
      </p>
      <p className={styles.state}>
        {t(`chat.state.${one.state}`)}
        {one.reason ? ` ${one.reason}` : null}
      </p>
      {one.state === "refused" ? (
        <p className={styles.choices}>
          <button type="button" onClick={() => void chat.resend(one.id)}>{t("chat.resend")}</button>
          <button type="button" onClick={() => void chat.discard(one.id)}>{t("chat.discard")}</button>
        </p>
      ) : null}
    </div>
  );
}

/** Text of a stranger: text, with its addresses shown whole. */
function Text({ text }: { text: string }) {
  return partsOf(text).map((part, index) =>
    part.isLink ? (
      <a key={index} href={part.text} target="_blank" rel="noopener noreferrer nofollow">
        {part.text}
      </a>
    ) : (
      part.text
    ),
  );
}
