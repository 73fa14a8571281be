import { IconSearch, IconX } from "@atiende/ui";
import { ActionIcon, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../keyboard/useShortcuts";
import { without, type InboxSearch } from "./filter";

const PAUSE_MS = 250;

/** Search by words or folio; the list follows while one types. */
export function SearchBox({ search }: { search: InboxSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(search.q ?? "");
  const asked = search.q ?? "";
  useEffect(() => {
    // Another link was followed; what is being typed right now stays.
    if (document.activeElement !== input.current) setText(asked);
  }, [asked]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useShortcuts([{ keys: ["/"], label: "inbox.key.search", group: "list", run: () => input.current?.select() }]);
  const go = (words: string) => {
    clearTimeout(timer.current);
    if (words.trim() === asked) return;
    void navigate({
      to: "/casos",
      search: words.trim() ? { ...search, q: words.trim() } : without(search, "q"),
      replace: asked !== "",
    });
  };
  return (
    <TextInput
      ref={input}
      role="searchbox"
      type="text"
      size="sm"
      flex={1}
      maw={520}
      aria-label={t("inbox.search")}
      placeholder={t("inbox.searchHint")}
      value={text}
      maxLength={200}
      leftSection={<IconSearch size={16} />}
      rightSection={
        text ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t("inbox.searchClear")}
            onClick={() => {
              setText("");
              go("");
              input.current?.focus();
            }}
          >
            <IconX size={14} />
          </ActionIcon>
        ) : null
      }
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => go(value), PAUSE_MS);
      }}
      // Who goes on to the list means what was typed; a search that came later would close the case just opened.
      onBlur={() => go(text)}
      onKeyDown={(event) => {
        if (event.key === "Enter") go(text);
        if (event.key === "Escape") input.current?.blur();
      }}
    />
  );
}
