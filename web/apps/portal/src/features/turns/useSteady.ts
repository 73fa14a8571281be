import { useEffect } from "react";
import { untilNight } from "./calls";

/** Keeps a screen fit for days on a wall: it does not sleep, and each night it loads what is in force by then. */
export function useSteady(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    const stayAwake = () => {
      if (document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
      navigator.wakeLock.request("screen").then(
        (held) => (lock = held),
        () => undefined,
      );
    };
    stayAwake();
    document.addEventListener("visibilitychange", stayAwake);
    let timer: ReturnType<typeof setTimeout>;
    const atNight = () => {
      // Without a network the page would be lost; the next night comes.
      if (navigator.onLine) location.reload();
      else timer = setTimeout(atNight, untilNight(new Date()));
    };
    timer = setTimeout(atNight, untilNight(new Date()));
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", stayAwake);
      void lock?.release();
    };
  }, []);
}
