/** One thing that keys do; `keys` are alternatives ("j", "ArrowDown", "g i", "mod+Enter"). */
export interface Shortcut {
  keys: readonly string[];
  /** Key of the translation that says what it does. */
  label: string;
  group: "general" | "list" | "case";
  run: (event: KeyboardEvent) => void;
}

const SEQUENCE_MS = 1_200;
const TYPED_INTO = "input, textarea, select, [contenteditable]:not([contenteditable='false']), [role='textbox'], [role='combobox']";
/** Here the arrows and letters already mean something. */
const OWN_KEYS = "[role='menu'], [role='listbox'], [role='dialog'], [role='tablist'], [role='radiogroup'], [role='slider']";

/** Whether a key pressed here is text, or belongs to a widget with keys of its own. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && (target.closest(TYPED_INTO) ?? target.closest(OWN_KEYS)) !== null;
}

/** WCAG 2.1.4: what is one printable character can be switched off. */
export function isSingleKey(keys: string): boolean {
  return keys.split(" ").every((key) => key.length === 1);
}

/** The name of a key as shortcuts write it; nothing when a modifier makes it somebody else's. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string | undefined {
  if (event.altKey) return undefined;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key;
}

export interface Finding {
  shortcut?: Shortcut;
  /** The start of a longer one ("g" of "g i"), until when it waits. */
  pending?: { keys: string; until: number };
}

/** Finds what a key does, after what was pressed before; what was registered last wins. */
export function find(
  shortcuts: readonly Shortcut[],
  key: string,
  before: Finding["pending"],
  now: number,
  allowed: (keys: string) => boolean,
): Finding {
  const typed = before && now < before.until ? `${before.keys} ${key}` : key;
  for (const sought of typed === key ? [key] : [typed, key]) {
    const shortcut = shortcuts.findLast((one) => one.keys.some((keys) => keys === sought && allowed(keys)));
    if (shortcut) return { shortcut };
    const begins = shortcuts.some((one) => one.keys.some((keys) => keys.startsWith(`${sought} `) && allowed(keys)));
    if (begins) return { pending: { keys: sought, until: now + SEQUENCE_MS } };
  }
  return {};
}
