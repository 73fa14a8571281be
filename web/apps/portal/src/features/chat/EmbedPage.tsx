import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import styles from "./Chat.module.css";
import { ChatPanel } from "./ChatPanel";
import { chatClient } from "./useChat";

/** What the chat in a frame tells the page around it; `public/widget.js` knows the same word. */
const CLOSE = "atiende:chat:close";

/** The chat as a page of its own, which other sites frame. */
export function EmbedPage() {
  const { t } = useTranslation();
  const city = useCity().data?.short_name;
  const isFramed = window.parent !== window;
  useEffect(() => {
    document.title = [t("chat.title"), city].filter(Boolean).join(" · ");
  }, [t, city]);
  useEffect(() => {
    if (!isFramed) return;
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") close();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [isFramed]);
  return (
    <main className={styles.whole} id="contenido">
      <ChatPanel chat={chatClient()} headingId="chat-titulo" level={1} onClose={isFramed ? close : undefined} />
    </main>
  );
}

/** The word carries nothing, so that any page around may hear it. */
function close(): void {
  window.parent.postMessage(CLOSE, "*");
}
