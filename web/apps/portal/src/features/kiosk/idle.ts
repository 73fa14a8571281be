/** A person who is gone left their data on the screen; a minute is what somebody reading needs (WCAG 2.2.1 asks for the warning). */
export const IDLE_MS = 60_000;
export const WARN_MS = 15_000;

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "scroll"] as const;
const TICK_MS = 250;

export interface IdleEvents {
  /** Seconds that are left while the countdown runs; null when it does not. */
  left: (seconds: number | null) => void;
  over: () => void;
}

/**
 * Watches for a minute without a touch.
 *
 * Measured by the clock, not by counting: a screen that slept through the minute is wiped when it wakes, before
 * somebody can touch it.
 *
 * @returns what ends the watch.
 */
export function watchIdle(events: IdleEvents): () => void {
  let touched = Date.now();
  let shown: number | null = null;
  let isOver = false;

  function tell(seconds: number | null) {
    if (seconds === shown) return;
    shown = seconds;
    events.left(seconds);
  }

  function tick() {
    if (isOver) return;
    const left = touched + IDLE_MS - Date.now();
    if (left <= 0) {
      isOver = true;
      events.over();
    } else tell(left <= WARN_MS ? Math.ceil(left / 1000) : null);
  }

  function touch() {
    tick();
    if (isOver) return;
    touched = Date.now();
    tell(null);
  }

  const timer = setInterval(tick, TICK_MS);
  for (const sign of SIGNS) addEventListener(sign, touch, { capture: true, passive: true });
  return () => {
    clearInterval(timer);
    for (const sign of SIGNS) removeEventListener(sign, touch, { capture: true });
  };
}
