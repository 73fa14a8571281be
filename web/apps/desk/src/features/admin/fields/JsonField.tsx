import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { same } from "../merge";
import { fieldId } from "../pointer";
import { useTold, type Bound } from "./bound";
import classes from "./fields.module.css";

/** Any part of the document as JSON, for what has no form and for those who know it. */
export function JsonField({ label, description, value, onChange, path, rows = 18, onBroken }: Bound<unknown> & { label: string; description?: string; rows?: number; onBroken: (broken: boolean) => void }) {
  const { t } = useTranslation();
  const told = useTold(path, true);
  const [text, setText] = useState(() => written(value));
  const read = parsed(text);
  const shown = read.ok && !same(read.value, value) ? written(value) : text;
  return (
    <Textarea
      id={fieldId(path)}
      label={label}
      description={description}
      error={read.ok ? told : t("admin.json.broken", { why: read.why })}
      value={shown}
      rows={rows}
      spellCheck={false}
      classNames={{ input: classes.json ?? "" }}
      onChange={(event) => {
        const given = event.currentTarget.value;
        setText(given);
        const next = parsed(given);
        onBroken(!next.ok);
        if (next.ok) onChange(next.value);
      }}
    />
  );
}

function written(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? "";
}

function parsed(text: string): { ok: true; value: unknown } | { ok: false; why: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, why: (error as Error).message };
  }
}
