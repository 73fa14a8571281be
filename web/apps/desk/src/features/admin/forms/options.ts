import { useTranslation } from "react-i18next";
import type { Content } from "../content";
import type { Option } from "../fields/choice";
import { entriesOf, nameOf } from "../parts";

/** The entries of a part by name, for choosing among them. */
export function useOptions(content: Content, part: string): Option[] {
  const { i18n } = useTranslation();
  return Object.entries(entriesOf(content, part))
    .map(([key, entry]) => ({ value: key, label: nameOf(entry, key, i18n.language) }))
    .toSorted((a, b) => a.label.localeCompare(b.label, i18n.language));
}
