import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Loader, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDetail, CaseView } from "../../data/types";
import { Time } from "../../parts/Time";
import classes from "./Merge.module.css";
import { isOpen, mergeQueries } from "./queries";

interface Props {
  open: CaseDetail;
  onChoose: (other: CaseView) => void;
}

/** Which case it is the same as: likely ones first, any other by its folio or words. */
export function Candidates({ open, onChoose }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <Text size="sm">{t("merge.text", { folio: open.folio })}</Text>
      <Similar open={open} onChoose={onChoose} />
      <Search open={open} onChoose={onChoose} />
    </Stack>
  );
}

function Similar({ open, onChoose }: Props) {
  const { t } = useTranslation();
  const { data, error, isPending, refetch } = useQuery(mergeQueries.similar(open.case_id));
  return (
    <section aria-labelledby="similares">
      <Title order={3} size="h5" id="similares" mb="xs">
        {t("merge.similar")}
      </Title>
      {isPending ? <Loader size="sm" aria-label={t("common.loading")} /> : null}
      {error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : null}
      {data?.items.length === 0 ? <Text size="sm">{t("merge.noneSimilar")}</Text> : null}
      <ul className={classes.list}>
        {data?.items.map(({ case: row, metres, words, same_citizen }) => (
          <Candidate key={row.case_id} row={row} onChoose={onChoose}>
            {[
              same_citizen ? t("merge.samePerson") : null,
              metres === null ? null : t("merge.metres", { count: metres }),
              words > 0 ? t("merge.words", { percent: Math.round(words * 100) }) : null,
            ]
              .filter(Boolean)
              .join(" · ")}
          </Candidate>
        ))}
      </ul>
    </section>
  );
}

function Search({ open, onChoose }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const { data, error, isFetching } = useQuery(mergeQueries.found(asked));
  const rows = data?.items.filter((row) => row.case_id !== open.case_id && isOpen(row)) ?? [];
  const search = (event: FormEvent) => {
    event.preventDefault();
    setAsked(typed.trim());
  };
  return (
    <section aria-labelledby="buscar-caso">
      <Title order={3} size="h5" id="buscar-caso" mb="xs">
        {t("merge.search")}
      </Title>
      <form onSubmit={search} role="search">
        <Group align="end" gap="xs">
          <TextInput
            className={classes.grow}
            size="sm"
            label={t("merge.searchLabel")}
            value={typed}
            maxLength={200}
            onChange={({ currentTarget: { value } }) => setTyped(value)}
          />
          <Button size="sm" type="submit" variant="default" loading={isFetching}>
            {t("merge.searchAction")}
          </Button>
        </Group>
      </form>
      {error ? <ProblemAlert error={error} /> : null}
      <div role="status">{data && rows.length === 0 ? <Text size="sm">{t("merge.noneFound")}</Text> : null}</div>
      <ul className={classes.list}>
        {rows.map((row) => (
          <Candidate key={row.case_id} row={row} onChoose={onChoose} />
        ))}
      </ul>
    </section>
  );
}

function Candidate({ row, onChoose, children }: { row: CaseView; onChoose: (row: CaseView) => void; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <li className={classes.candidate}>
      <div className={classes.grow}>
        <strong>{row.folio}</strong> · {row.citizen_name || t("inbox.row.noName")} · <Time time={row.open_time} />
        <p className={classes.words}>{row.subject || row.description || row.procedure_name}</p>
        {children ? <p className={classes.why}>{children}</p> : null}
      </div>
      <Button size="sm" variant="default" aria-label={t("merge.compareWith", { folio: row.folio })} onClick={() => onChoose(row)}>
        {t("merge.compare")}
      </Button>
    </li>
  );
}
