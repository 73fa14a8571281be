import { useEffect, useRef, useSyncExternalStore } from "react";
import { find, isSingleKey, isTyping, nameOf, type Finding, type Shortcut } from "./keys";

let registered: readonly Shortcut[] = [];
let pending: Finding["pending"];
let singleKeys = true;
const listeners = new Set<() => void>();

function announce(next: readonly Shortcut[]): void {
  registered = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** WCAG 2.1.4: a person may switch single-key shortcuts off. */
export function allowSingleKeys(allowed: boolean): void {
  singleKeys = allowed;
}

/** Makes keys do something while a component is there. Its functions may change at every render. */
export function useShortcuts(shortcuts: readonly Shortcut[], enabled = true): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const names = shortcuts.map((one) => `${one.keys.join()}:${one.label}:${one.group}`).join("|");
  useEffect(() => {
    if (!enabled) return;
    const mine = latest.current.map(
      (one, index): Shortcut => ({ ...one, run: (event) => latest.current[index]?.run(event) }),
    );
    announce([...registered, ...mine]);
    return () => announce(registered.filter((one) => !mine.includes(one)));
  }, [names, enabled]);
}

/** What keys do here and now, for the page that shows it. */
export function useRegisteredShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => registered);
}

function onKeyDown(event: KeyboardEvent): void {
  const key = nameOf(event);
  if (!key || event.defaultPrevented || event.isComposing) return;
  // A modal window has the keyboard for itself, and so has whoever types.
  if (isTyping(event.target) || document.querySelector("[aria-modal='true']")) return;
  const found = find(registered, key, pending, performance.now(), (keys) => singleKeys || !isSingleKey(keys));
  pending = found.pending;
  if (!found.shortcut) return;
  // Enter and Space on a button or link are that button's.
  if ((key === "Enter" || key === " ") && event.target instanceof Element && event.target.closest("a, button, summary")) return;
  event.preventDefault();
  found.shortcut.run(event);
}

window.addEventListener("keydown", onKeyDown);
