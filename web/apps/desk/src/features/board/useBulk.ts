import { Problem } from "@atiende/api";
import { useCallback, useRef, useState } from "react";

export interface BulkResult {
  id: string;
  /** Why it was not done; nothing when it was. */
  refused?: string | undefined;
}

export interface Bulk {
  total: number;
  results: readonly BulkResult[];
  running: boolean;
}

const NOTHING: Bulk = { total: 0, results: [], running: false };

/**
 * Does one thing to many, one after the other, and tells how far it is.
 *
 * A refusal of one does not stop the others; a lost connection does, because the rest would be lost as well.
 */
export function useBulk(action: (id: string) => Promise<unknown>) {
  const [state, setState] = useState<Bulk>(NOTHING);
  const stopped = useRef(false);
  const run = useCallback(
    async (ids: readonly string[]) => {
      stopped.current = false;
      const results: BulkResult[] = [];
      setState({ total: ids.length, results, running: true });
      for (const id of ids) {
        if (stopped.current) break;
        const refused = await attempt(action, id);
        results.push({ id, refused: refused?.message });
        setState({ total: ids.length, results: [...results], running: true });
        if (refused?.lost) break;
      }
      setState({ total: ids.length, results: [...results], running: false });
      return results;
    },
    [action],
  );
  return { ...state, run, stop: () => (stopped.current = true), clear: () => setState(NOTHING) };
}

async function attempt(action: (id: string) => Promise<unknown>, id: string): Promise<{ message: string; lost: boolean } | undefined> {
  try {
    await action(id);
    return undefined;
  } catch (error) {
    const problem = error instanceof Problem ? error : undefined;
    return { message: problem?.message || problem?.reason || String(error), lost: problem?.status === 0 };
  }
}
