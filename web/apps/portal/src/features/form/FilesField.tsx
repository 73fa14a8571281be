import { ActionIcon, Input } from "@mantine/core";
import { useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { useFormat } from "../../app/useFormat";
import type { DraftFile } from "./draft";
import styles from "./Form.module.css";
import { Preview } from "./Preview";
import { shrinkPhoto } from "./shrink";

const MOST_BYTES = 10 * 1024 * 1024;
const KINDS = ".jpg,.jpeg,.png,.webp,.heic,.pdf,.txt,.docx,.xlsx,.odt,.ods,.ogg,.mp3,.m4a,image/*";

interface Files {
  id: string;
  label: string;
  description?: string | undefined;
  error?: string | undefined;
  most: number;
  /** The question that the files answer; absent for those beside the form. */
  field?: string;
  files: readonly DraftFile[];
  onChange: (files: DraftFile[]) => void;
}

/** Photos and documents, seen before they are sent. */
export function FilesField({ id, label, description, error, most, field, files, onChange }: Files) {
  const { t } = useTranslation();
  const format = useFormat();
  const hint = useId();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const own = files.filter((file) => file.field === field);
  const room = most - own.length;

  const add = async (chosen: FileList | null) => {
    setProblem("");
    if (!chosen) return;
    const taken: DraftFile[] = [];
    const refused: string[] = [];
    for (const file of [...chosen]) {
      const { blob, name } = await shrinkPhoto(file);
      if (blob.size > MOST_BYTES) refused.push(t("form.files.tooLarge", { name: file.name, size: format.size(file.size) }));
      else if (blob.size === 0) refused.push(t("form.files.empty", { name: file.name }));
      else if (taken.length >= room) refused.push(t("form.files.tooMany", { count: most }));
      else taken.push({ id: crypto.randomUUID(), field, name, blob });
    }
    setProblem([...new Set(refused)].join(" "));
    if (taken.length > 0) {
      onChange([...files, ...taken]);
      setSaid(t("form.files.added", { count: taken.length }));
    }
    if (input.current) input.current.value = "";
  };
  const remove = (file: DraftFile) => {
    onChange(files.filter((one) => one.id !== file.id));
    setSaid(t("form.files.removed", { name: file.name }));
    input.current?.focus();
  };
  const wrong = problem || error;
  return (
    <Input.Wrapper id={id} label={label} description={description} error={wrong} labelElement="div" errorProps={{ id: `${hint}-error` }}>
      <ul className={`plain-list ${styles.files}`}>
        {own.map((file) => (
          <li key={file.id}>
            <Preview blob={file.blob} />
            <span>
              {file.name}
              <small>{format.size(file.blob.size)}</small>
            </span>
            <ActionIcon variant="subtle" size={44} onClick={() => remove(file)} aria-label={t("form.files.remove", { name: file.name })}>
              <Icon name="bin" />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {room > 0 ? (
        <label className={styles.addFile}>
          <input
            ref={input}
            id={id}
            type="file"
            multiple={most > 1}
            accept={KINDS}
            aria-describedby={`${hint} ${wrong ? `${hint}-error` : ""}`.trim()}
            aria-invalid={wrong ? true : undefined}
            onChange={(event) => void add(event.currentTarget.files)}
          />
          <Icon name="camera" />
          <span>
            <span className="visually-hidden">{label}: </span>
            {t(own.length > 0 ? "form.files.addMore" : "form.files.add")}
          </span>
        </label>
      ) : null}
      <p id={hint} className={styles.aside}>
        {t("form.files.limits", { count: most })}
      </p>
      <span role="status" className="visually-hidden">
        {said}
      </span>
    </Input.Wrapper>
  );
}
