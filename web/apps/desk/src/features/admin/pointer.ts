/** JSON pointers (RFC 6901), as the catalogue says where something is. */
export function pointer(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function partsOf(path: string): string[] {
  return path.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function valueAt(tree: unknown, parts: readonly string[]): unknown {
  return parts.reduce<unknown>((node, part) => (isRecord(node) || Array.isArray(node) ? (node as Record<string, unknown>)[part] : undefined), tree);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy with an entry set, or without it when the value is undefined. */
export function withValue<Value extends object>(given: Value, key: string, value: unknown): Value {
  const rest = Object.fromEntries(Object.entries(given).filter(([other]) => other !== key || value !== undefined));
  return (value === undefined ? rest : { ...rest, [key]: value }) as Value;
}

/** Whether a pointer is another one or leads into it. */
export function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}/`);
}

/** The id of the field that shows what a pointer names. */
export function fieldId(path: string): string {
  return `campo${path.replaceAll("/", ".")}`;
}

/** The field nearest to a pointer: itself, or what it is part of. */
export function nearestField(path: string): HTMLElement | null {
  const parts = partsOf(path);
  for (let length = parts.length; length > 0; length -= 1) {
    const found = document.getElementById(fieldId(pointer(...parts.slice(0, length))));
    if (found) return found;
  }
  return null;
}
