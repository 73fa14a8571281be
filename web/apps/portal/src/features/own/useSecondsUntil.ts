import { useEffect, useState } from "react";

/** Whole seconds until an instant of this device; 0 when it is past. */
export function useSecondsUntil(instant: number): number {
  const [now, setNow] = useState(() => Date.now());
  const isPast = now >= instant;
  useEffect(() => {
    if (isPast) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [isPast, instant]);
  return Math.max(0, Math.ceil((instant - now) / 1000));
}
