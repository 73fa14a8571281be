import { useEffect } from "react";
import { watchOutbox } from "../form/outbox";
import { NewVersion } from "./NewVersion";
import { OutboxBar } from "./OutboxBar";
import { registerWorker } from "./worker";

/** What goes on behind every page: forms that wait are sent, and the portal is kept for days without a network. */
export function Background() {
  useEffect(() => {
    watchOutbox();
    registerWorker();
  }, []);
  return (
    <>
      <NewVersion />
      <OutboxBar />
    </>
  );
}
