import { createContext, use } from "react";
import type { ContentProblem } from "../queries";
import { isRecord, isWithin, pointer, withValue } from "../pointer";

/** A value of the document with its place in it. */
export interface Bound<Value> {
  value: Value;
  onChange: (value: Value) => void;
  /** Where it stands in the release, for what validation says about it. */
  path: string;
}

/** Makes the fields of an object: each changes its own entry and leaves the others as they are. */
export function bindFields<Value extends object>({ value, onChange, path }: Bound<Value>) {
  return <Key extends keyof Value & string>(key: Key): Bound<Value[Key]> => ({
    // A draft may be wrong in every way; what is no object has no fields.
    value: (isRecord(value) ? value[key] : undefined) as Value[Key],
    onChange: (next) => onChange(withValue(value, key, next)),
    path: path + pointer(key),
  });
}

/** Makes the items of a list. */
export function bindItems<Item>({ value, onChange, path }: Bound<Item[]>) {
  return (index: number): Bound<Item> => ({
    value: value[index] as Item,
    onChange: (next) => onChange(value.map((item, at) => (at === index ? next : item))),
    path: path + pointer(index),
  });
}

/** What validation says of the draft that is edited, and which languages the city speaks. */
export const Told = createContext<{ problems: readonly ContentProblem[]; languages: readonly string[] }>({ problems: [], languages: ["es"] });

/** What is wrong with exactly this, or with this and all inside of it. */
export function useTold(path: string, whole = false): string | undefined {
  const { problems } = use(Told);
  const found = problems.filter((problem) => (whole ? isWithin(problem.path, path) : problem.path === path));
  return found.length === 0 ? undefined : found.map((problem) => `${problem.what} ${problem.fix}`).join(" ");
}

export function useLanguages(): readonly string[] {
  return use(Told).languages;
}
