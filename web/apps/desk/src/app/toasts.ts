/** A short word about something that happened; failures stay until they are closed. */
export interface Toast {
  id: number;
  tone: "done" | "failed";
  text: string;
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 6_000;
const MOST = 3;
let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(now: readonly Toast[]): void {
  toasts = now;
  for (const listener of listeners) listener();
}

export function currentToasts(): readonly Toast[] {
  return toasts;
}

export function watchToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function closeToast(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

export function say(text: string, action?: Toast["action"]): void {
  const id = next++;
  set([...toasts.slice(1 - MOST), { id, tone: "done", text, ...(action ? { action } : {}) }]);
  setTimeout(() => closeToast(id), SHOWN_MS);
}

export function sayFailed(text: string): void {
  const id = next++;
  set([...toasts.filter((toast) => toast.text !== text).slice(1 - MOST), { id, tone: "failed", text }]);
}
