import { dataOf } from "@atiende/api";
import { IconPaperclip, IconX } from "@atiende/ui";
import { ActionIcon, Button, Loader, Text } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { wordsOf } from "../../app/problems";
import type { PutUpFile } from "../drafts/drafts";
import { bytesInWords, refusalOf, type FileLimits } from "./files";
import classes from "./FilesPicker.module.css";

const KINDS = ".jpg,.jpeg,.png,.webp,.heic,.pdf,.txt,.docx,.xlsx,.odt,.ods,.ogg,.mp3,.m4a,image/*";

interface Props {
  /** Of the button; several pickers may stand on one page. */
  id: string;
  label?: string;
  files: readonly PutUpFile[];
  limits: FileLimits;
  busy: boolean;
  onBusy: (busy: boolean) => void;
  /** Changes the files as they are by then: others may have come while one was put up. */
  onChange: (change: (files: readonly PutUpFile[]) => readonly PutUpFile[]) => void;
}

/** Files put up at once, so that sending is quick and a refusal is known while one can still choose. */
export function FilesPicker({ id, label, files, limits, busy, onBusy, onChange }: Props) {
  const { t, i18n } = useTranslation();
  const size = (bytes: number) => bytesInWords(bytes, i18n.language);
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const add = async (chosen: FileList | null) => {
    const wanted = [...(chosen ?? [])];
    if (input.current) input.current.value = "";
    setProblem("");
    onBusy(true);
    const problems: string[] = [];
    let there = files;
    for (const file of wanted) {
      const refusal = refusalOf(file, there, limits);
      if (refusal) {
        problems.push(t(`case.files.${refusal}`, { name: file.name, count: limits.max_files, size: size(refusal === "tooHeavy" ? limits.max_files_bytes : limits.max_file_bytes) }));
        continue;
      }
      try {
        const put = await putUp(file);
        there = [...there, put];
        onChange((now) => [...now, put]);
        setSaid(t("case.files.added", { name: put.name }));
      } catch (error) {
        problems.push(`${file.name}: ${wordsOf(error)}`);
      }
    }
    setProblem(problems.join(" "));
    onBusy(false);
  };
  const remove = (file: PutUpFile) => {
    onChange((now) => now.filter((one) => one.id !== file.id));
    setSaid(t("case.files.removed", { name: file.name }));
    button.current?.focus();
  };
  return (
    <div className={classes.files}>
      <input ref={input} type="file" hidden multiple accept={KINDS} aria-label={label ?? t("case.files.add")} onChange={(event) => void add(event.currentTarget.files)} />
      {files.length > 0 ? (
        <ul className={classes.chips}>
          {files.map((file) => (
            <li key={file.id} className={classes.chip}>
              <span>
                {file.name} ({size(file.bytes)})
              </span>
              <ActionIcon variant="subtle" color="gray" size={24} aria-label={t("case.files.remove", { name: file.name })} onClick={() => remove(file)}>
                <IconX size={14} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      ) : null}
      <Button
        ref={button}
        id={id}
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={busy ? <Loader size={14} /> : <IconPaperclip size={14} />}
        disabled={busy || files.length >= limits.max_files}
        aria-describedby={`${id}-limits`}
        onClick={() => input.current?.click()}
      >
        {busy ? t("case.files.sending") : (label ?? t("case.files.add"))}
      </Button>
      <Text id={`${id}-limits`} size="xs" c="dimmed" component="span">
        {t("case.files.limits", {
          count: limits.max_files,
          each: size(limits.max_file_bytes),
          all: size(limits.max_files_bytes),
        })}
      </Text>
      {problem ? (
        <Text size="xs" role="alert" className={classes.warning}>
          {problem}
        </Text>
      ) : null}
      <span role="status" className="visually-hidden">
        {said}
      </span>
    </div>
  );
}

async function putUp(file: File): Promise<PutUpFile> {
  const answer = await dataOf(
    api.channels.POST("/api/channels/v1/attachments", {
      params: { header: { "X-Filename": encodeURIComponent(file.name) } },
      headers: { "Content-Type": "application/octet-stream" },
      body: file as never,
      bodySerializer: (blob: unknown) => blob as Blob,
    }),
  );
  return { id: answer.attachment_id, name: answer.filename, bytes: answer.size_bytes };
}
