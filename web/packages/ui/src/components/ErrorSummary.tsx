import { Alert, Anchor, List } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

export interface SummaryEntry {
  /** Id of the field that the link focuses. */
  target: string;
  text: string;
}

/**
 * All that is wrong, above the form, each a link to its field; it takes the focus when it appears (WCAG 3.3.1).
 *
 * @param round grows with each attempt to send, so that a second attempt takes the focus again.
 */
export function ErrorSummary({ entries, round = 0 }: { entries: readonly SummaryEntry[]; round?: number }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const any = entries.length > 0;
  useEffect(() => {
    if (any) box.current?.focus();
  }, [any, round]);
  if (!any) return null;
  return (
    <Alert ref={box} tabIndex={-1} color="red" variant="light" role="alert" title={t("errorSummary.title", { count: entries.length })}>
      <List spacing={4}>
        {entries.map((entry) => (
          <List.Item key={entry.target}>
            <Anchor
              href={`#${entry.target}`}
              c="var(--mantine-color-error)"
              underline="always"
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(entry.target)?.focus();
              }}
            >
              {entry.text}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
