import { dataOf } from "@atiende/api";
import { Checkbox, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../../app/api";
import { wordsOf } from "../../../app/problems";
import { sayFailed } from "../../../app/toasts";
import { WORKERS, hasRole, useSession } from "../../../auth/context";
import { caseQueries } from "../../../data/cases";
import type { CaseDetail, Checklist } from "../../../data/types";
import { Time } from "../../../parts/Time";
import classes from "./CaseSide.module.css";
import { Part } from "./parts";

/** What the procedure asks for, ticked as it comes in; who said so last stands beside it. */
export function ChecklistPart({ open }: { open: CaseDetail }) {
  const { t, i18n } = useTranslation();
  const session = useSession();
  const { data } = useQuery(caseQueries.checklist(open.case_id));
  const tick = useTick(open.case_id);
  if (!data || data.items.length === 0) return null;
  const active = open.status === "open" || open.status === "waiting_citizen";
  return (
    <Part title={t("case.checklist.title")}>
      <Text size="xs" c="dimmed" role="status">
        {data.missing === 0 ? t("case.checklist.complete") : t("case.checklist.missing", { count: data.missing })}
      </Text>
      <Stack gap={6} mt={4}>
        {data.items.map((item) => (
          <Checkbox
            key={item.requirement_id}
            size="sm"
            checked={item.done}
            disabled={!active || !hasRole(session, WORKERS)}
            label={item.text[i18n.language] ?? item.text["es"]}
            description={
              item.time ? (
                <span className={classes.small}>
                  {item.actor_name} · <Time time={item.time} />
                </span>
              ) : undefined
            }
            onChange={({ currentTarget: { checked } }) => tick({ name: item.requirement_id, done: checked })}
          />
        ))}
      </Stack>
    </Part>
  );
}

/** Ticks at once, and takes the tick back when it was refused. */
function useTick(caseId: string) {
  const client = useQueryClient();
  const key = caseQueries.checklist(caseId).queryKey;
  const { mutate } = useMutation({
    mutationFn: ({ name, done }: { name: string; done: boolean }) =>
      dataOf(
        api.cases.PUT("/api/cases/v1/cases/{case_id}/checklist/{requirement_id}", {
          params: { path: { case_id: caseId, requirement_id: name } },
          body: { done },
        }),
      ),
    onMutate: async ({ name, done }) => {
      await client.cancelQueries({ queryKey: key });
      client.setQueryData<Checklist>(key, (known) => {
        if (!known) return known;
        const items = known.items.map((item) => (item.requirement_id === name ? { ...item, done } : item));
        return { items, missing: items.filter((item) => !item.done).length };
      });
    },
    onSuccess: (answer) => client.setQueryData(key, answer),
    onError: (error) => {
      sayFailed(wordsOf(error));
      void client.invalidateQueries({ queryKey: key });
    },
  });
  return mutate;
}
