import { useCallback, useEffect, useRef, useState } from "react";
import { dropDraft, loadDraft, saveDraft, type Draft } from "./draft";

const QUIET_MS = 300;

interface Drafting {
  /** Undefined until the device was asked. */
  draft: Draft | undefined;
  /** Whether it was there before this visit. */
  isResumed: boolean;
  /** Undefined until something was written; false when the device keeps nothing. */
  isKept: boolean | undefined;
  change: (patch: Partial<Draft>) => void;
  /** Keeps it at once; done when it is kept. */
  keep: (patch: Partial<Draft>) => Promise<void>;
  startAnew: () => Promise<void>;
  reload: () => Promise<void>;
}

/** A form as it is kept on the device: written a breath after each change, and at once when the page is left. */
export function useDraft(code: string, fresh: () => Draft): Drafting {
  const [draft, setDraft] = useState<Draft>();
  const [isResumed, setResumed] = useState(false);
  const [isKept, setKept] = useState<boolean>();
  const latest = useRef<Draft>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const makeFresh = useRef(fresh);

  const show = useCallback((next: Draft) => {
    latest.current = next;
    setDraft(next);
  }, []);

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (latest.current) setKept(await saveDraft(latest.current));
  }, []);

  const reload = useCallback(async () => {
    const kept = await loadDraft(code);
    setResumed(kept !== undefined);
    show(kept ?? makeFresh.current());
  }, [code, show]);

  useEffect(() => {
    let isHere = true;
    void loadDraft(code).then((kept) => {
      if (!isHere) return;
      setResumed(kept !== undefined);
      show(kept ?? makeFresh.current());
    });
    const leave = () => {
      if (timer.current !== undefined) void flush();
    };
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", leave);
    return () => {
      isHere = false;
      leave();
      removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", leave);
    };
  }, [code, flush, show]);

  const change = useCallback(
    (patch: Partial<Draft>) => {
      if (!latest.current) return;
      show({ ...latest.current, ...patch, updateTime: Date.now() });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void flush(), QUIET_MS);
    },
    [flush, show],
  );

  const keep = useCallback(
    async (patch: Partial<Draft>) => {
      change(patch);
      await flush();
    },
    [change, flush],
  );

  const startAnew = useCallback(async () => {
    clearTimeout(timer.current);
    timer.current = undefined;
    await dropDraft(code);
    setResumed(false);
    show(makeFresh.current());
  }, [code, show]);

  return { draft, isResumed, isKept, change, keep, startAnew, reload };
}
