import type { CasesSchemas } from "@atiende/api";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { useFormat } from "../../app/useFormat";
import styles from "./Cases.module.css";

type Entry = CasesSchemas["schemas"]["LineView"];

/** What was said and what happened, oldest first. Texts of people are shown as text. */
export function Timeline({ caseId, entries }: { caseId: string; entries: readonly Entry[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (entries.length === 0) return <p>{t("case.nothingYet")}</p>;
  return (
    <ol className={`plain-list ${styles.timeline}`}>
      {entries.map((entry, index) => (
        <li key={`${entry.time}-${index}`} data-author={entry.event ? "event" : entry.author_kind}>
          <p className={styles.meta}>
            <strong>{entry.author || t("case.city")}</strong>
            <time dateTime={entry.time}>{format.when(entry.time)}</time>
            {entry.channel && !entry.event ? <span>{t(`channel.${entry.channel}`)}</span> : null}
          </p>
          {entry.text ? <p className={styles.text}>{entry.text}</p> : null}
          {entry.attachments.length > 0 ? (
            <ul className="plain-list">
              {entry.attachments.map((file) => (
                <li key={file.attachment_id}>
                  <a
                    className="link tap"
                    href={`/api/cases/v1/citizen/cases/${caseId}/attachments/${encodeURIComponent(file.attachment_id)}`}
                    download={file.filename}
                  >
                    <Icon name="download" />
                    {file.filename} ({format.size(file.size_bytes)})
                  </a>
                </li>
              ))}
            </ul>
          ) : null}
        </li>
      ))}
    </ol>
  );
}
