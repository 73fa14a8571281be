import { IconAlert, IconPaperclip } from "@atiende/ui";
import { Button, Spoiler } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { wordsOf } from "../../app/problems";
import { sayFailed } from "../../app/toasts";
import type { Entry } from "../../data/types";
import { Channel } from "../../parts/Channel";
import { Mark } from "../../parts/Marks";
import { Time } from "../../parts/Time";
import { Copies } from "../merge/Copies";
import { piecesOf } from "./entries";
import classes from "./Timeline.module.css";

const FAILED = new Set(["technical_failure", "permanent_failure", "unknown"]);

/** One entry of a timeline; everything a stranger wrote is text. */
export const EntryLine = memo(function EntryLine({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  if (!entry.direction) return <Done entry={entry} />;
  const failed = entry.delivery ? FAILED.has(entry.delivery) : false;
  return (
    <li className={classes.message} data-direction={entry.direction}>
      <div className={classes.by}>
        <span className={classes.name}>{entry.actor_name || t(`case.actor.${entry.actor_kind}`)}</span>
        {entry.direction === "note" ? <span>{t("case.noteOnly")}</span> : null}
        {entry.channel ? <Channel channel={entry.channel} size={13} /> : null}
        <Time time={entry.time} />
        {entry.late ? <Mark icon={IconAlert} tone="amber" text={t("case.late")} /> : null}
        {entry.sender_verified === false ? <span>{t("case.unverified")}</span> : null}
        {entry.quality && entry.quality !== "readable" ? <Mark icon={IconAlert} tone="amber" text={t(`case.quality.${entry.quality}`)} /> : null}
      </div>
      {entry.text ? <Words text={entry.text} /> : null}
      {entry.folded_text ? (
        <Spoiler maxHeight={0} showLabel={t("case.showQuoted")} hideLabel={t("case.hideQuoted")} fz="xs">
          <Words text={entry.folded_text} />
        </Spoiler>
      ) : null}
      {entry.mentions_folio ? <p className={classes.state}>{t("case.mentionsFolio", { folio: entry.mentions_folio })}</p> : null}
      {entry.mentions && entry.mentions.length > 0 ? (
        <p className={classes.state}>{t("case.mention.called", { names: entry.mentions.map((one) => one.name).join(", ") })}</p>
      ) : null}
      <Files entry={entry} />
      {entry.delivery ? (
        <div className={classes.state} data-bad={failed}>
          {failed ? <IconAlert size={14} /> : null}
          {t(`case.delivery.${entry.delivery}`)}
          {entry.delivery_error ? ` (${entry.delivery_error})` : null}
        </div>
      ) : null}
      <Copies copies={entry.copies} />
    </li>
  );
});

function Words({ text }: { text: string }) {
  return (
    <p className={classes.text}>
      {piecesOf(text).map((piece, index) =>
        piece.href ? (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}

function Files({ entry }: { entry: Entry }) {
  const { i18n } = useTranslation();
  const files = entry.attachments ?? [];
  if (files.length === 0) return null;
  const size = new Intl.NumberFormat(i18n.language, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 });
  return (
    <ul className={classes.files}>
      {files.map((file) => (
        <li key={file.attachment_id}>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPaperclip size={14} />}
            onClick={() => void download(file.attachment_id, file.filename)}
          >
            {file.filename} ({size.format(Math.max(1, file.size_bytes / 1024))})
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** A stranger's file is saved, never opened here. */
async function download(attachmentId: string, filename: string): Promise<void> {
  try {
    const response = await api.raw(`/api/cases/v1/attachments/${encodeURIComponent(attachmentId)}`);
    const address = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: "application/octet-stream" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = filename;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (error) {
    sayFailed(`${filename}: ${wordsOf(error)}`);
  }
}

function Done({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  return (
    <li className={classes.done}>
      {t(`case.done.${entry.kind}`, { defaultValue: entry.kind })}
      {entry.actor_name ? ` · ${entry.actor_name}` : ""}
      {entry.text ? `: ${entry.text}` : ""} · <Time time={entry.time} />
    </li>
  );
}
