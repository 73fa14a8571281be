import { useEffect, useRef, type KeyboardEvent } from "react";
import styles from "./Chat.module.css";
import { ChatPanel } from "./ChatPanel";
import { chatClient } from "./useChat";

const HEADING = "chat-titulo";

/** The chat over a page of the portal: beside the page where there is room, the whole screen on a phone. */
export function ChatWindow({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open === isOpen) return;
    if (!isOpen) element.close();
    // Covering the page it takes the keyboard too (WCAG 2.4.3); beside it, the page stays usable.
    else if (matchMedia("(max-width: 40em)").matches) element.showModal();
    else element.show();
    if (isOpen) element.querySelector<HTMLElement>("textarea")?.focus();
  }, [isOpen]);

  function key(event: KeyboardEvent) {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
  }

  return (
    // Escape is the keyboard's way out of a window (ARIA practices, dialog).
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog ref={dialog} id="chat" className={styles.window} aria-labelledby={HEADING} onKeyDown={key} onClose={onClose}>
      <ChatPanel chat={chatClient()} headingId={HEADING} level={2} onClose={onClose} />
    </dialog>
  );
}
