import { Alert, Button, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** What this needs of a refusal; `Problem` of @atiende/api has it. */
interface Refusal {
  status?: number;
  message?: string;
  traceId?: string;
}

const WORDS: Record<number, string> = {
  0: "problem.offline",
  401: "problem.unauthenticated",
  403: "problem.forbidden",
  404: "problem.notFound",
  429: "problem.tooMany",
};

/** Says in plain words what went wrong and what to do; announced at once by screen readers. */
export function ProblemAlert({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  const refusal = (error ?? {}) as Refusal;
  const status = refusal.status ?? 500;
  const known = WORDS[status];
  // A service's own words say more than ours when it refused what was asked.
  const text = status !== 0 && refusal.message && status < 500 ? refusal.message : t(known ?? "problem.server");
  return (
    <Alert color="red" variant="light" role="alert" title={t("problem.title")}>
      <Text size="sm">{text}</Text>
      {refusal.traceId && status >= 500 ? (
        <Text size="xs" mt={4}>
          {t("problem.code", { code: refusal.traceId })}
        </Text>
      ) : null}
      {onRetry ? (
        <Group mt="sm">
          <Button size="sm" variant="default" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        </Group>
      ) : null}
    </Alert>
  );
}
