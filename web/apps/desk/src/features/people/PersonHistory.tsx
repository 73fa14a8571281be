import { ProblemAlert } from "@atiende/ui";
import { List, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFigures } from "../board/format";
import { auditOptions } from "./queries";

/** What administrators did with an account. */
export function PersonHistory({ id }: { id: string }) {
  const { t } = useTranslation();
  const figures = useFigures();
  const audit = useQuery(auditOptions(id));
  return (
    <section aria-labelledby="historia">
      <Title order={2} size="h4" id="historia" mb="xs">
        {t("people.history.title")}
      </Title>
      {audit.error ? <ProblemAlert error={audit.error} onRetry={() => void audit.refetch()} /> : null}
      {audit.data?.length === 0 ? <Text>{t("people.history.none")}</Text> : null}
      <List spacing={4}>
        {(audit.data ?? []).map((one) => (
          <List.Item key={`${one.time}${one.action}`}>
            {`${figures.full(one.time)} · ${t(`people.history.${one.action}`)} · ${one.actor_name}`}
            {one.detail ? <Text size="sm">{one.detail}</Text> : null}
          </List.Item>
        ))}
      </List>
    </section>
  );
}
