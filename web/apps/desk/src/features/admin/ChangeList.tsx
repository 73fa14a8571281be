import { List, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./admin.module.css";
import { partById } from "./parts";
import { partsOf } from "./pointer";
import type { Change } from "./queries";

/** Beyond this the sentence of a change leaves something out. */
const SENTENCE = 80;

/** Changes in words, by part of the release. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  const { t } = useTranslation();
  if (changes.length === 0) return <Text>{t("admin.changes.none")}</Text>;
  const byPart = new Map<string, Change[]>();
  for (const change of changes) {
    const part = partsOf(change.path)[0] ?? "";
    byPart.set(part, [...(byPart.get(part) ?? []), change]);
  }
  return (
    <>
      {[...byPart].map(([part, found]) => (
        <section key={part}>
          <Title order={3} size="h5">
            {partById(part) ? t(`admin.part.${part}`) : t("admin.changes.other")}
          </Title>
          <List className={classes.changes ?? ""}>
            {found.map((change) => (
              <List.Item key={`${change.kind}${change.path}`}>
                {change.text}
                {isLong(change.before) || isLong(change.after) ? <Whole change={change} /> : null}
              </List.Item>
            ))}
          </List>
        </section>
      ))}
    </>
  );
}

function Whole({ change }: { change: Change }) {
  const { t } = useTranslation();
  return (
    <details>
      <summary>{t("admin.changes.whole")}</summary>
      <div className={classes.both}>
        {change.kind === "added" ? null : (
          <div>
            <Text size="sm" fw={600}>{t("admin.changes.before")}</Text>
            <pre>{shown(change.before)}</pre>
          </div>
        )}
        {change.kind === "removed" ? null : (
          <div>
            <Text size="sm" fw={600}>{t("admin.changes.after")}</Text>
            <pre>{shown(change.after)}</pre>
          </div>
        )}
      </div>
    </details>
  );
}

function isLong(value: unknown): boolean {
  return value !== null && value !== undefined && shown(value).length > SENTENCE;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
