import { dataOf } from "@atiende/api";
import { IconMerge, ProblemAlert } from "@atiende/ui";
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { WORKERS, hasRole, useSession } from "../../auth/context";
import { caseQueries } from "../../data/cases";
import type { CaseDetail, CaseView } from "../../data/types";
import { Time } from "../../parts/Time";
import classes from "./Merge.module.css";
import { mergeQueries } from "./queries";

/** Says that a case is attended under another one, or which others are attended under it, and parts them again. */
export function FamilyNotice({ open }: { open: CaseDetail }) {
  const joined = open.merged_into !== "" || open.merged > 0;
  return joined ? <Notice open={open} /> : null;
}

function Notice({ open }: { open: CaseDetail }) {
  const { t } = useTranslation();
  const session = useSession();
  const { data } = useQuery(mergeQueries.family(open.case_id));
  const [parting, setParting] = useState<CaseView | null>(null);
  const works = hasRole(session, WORKERS);
  if (!data) return null;
  const { survivor, duplicates } = data;
  return (
    <Alert color="blue" radius={0} icon={<IconMerge size={20} />} title={t(open.merged_into ? "merge.notice.under" : "merge.notice.over", { count: duplicates.length })}>
      {open.merged_into ? (
        <Group gap="sm">
          {survivor ? (
            <Link to="/casos/$caseId" params={{ caseId: survivor.case_id }} search>
              {t("merge.notice.goTo", { folio: survivor.folio })}
            </Link>
          ) : (
            <Text size="sm">{t("merge.notice.elsewhere")}</Text>
          )}
          {works && survivor ? (
            <Button size="sm" variant="default" onClick={() => setParting(open)}>
              {t("merge.part")}
            </Button>
          ) : null}
        </Group>
      ) : (
        <ul className={classes.list}>
          {duplicates.map(({ case: row, actor_name, reason, merge_time }) => (
            <li key={row.case_id} className={classes.candidate}>
              <div className={classes.grow}>
                <Link to="/casos/$caseId" params={{ caseId: row.case_id }} search>
                  {row.folio}
                </Link>{" "}
                · {row.citizen_name || t("inbox.row.noName")}
                <p className={classes.why}>
                  {t("merge.notice.by", { name: actor_name, reason })} {merge_time ? <Time time={merge_time} /> : null}
                </p>
              </div>
              {works ? (
                <Button size="sm" variant="default" aria-label={t("merge.partOne", { folio: row.folio })} onClick={() => setParting(row)}>
                  {t("merge.part")}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      <PartWindow key={parting?.case_id} row={parting} survivorId={survivor?.case_id ?? open.case_id} onClose={() => setParting(null)} />
    </Alert>
  );
}

function PartWindow({ row, survivorId, onClose }: { row: CaseView | null; survivorId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const part = useMutation({
    mutationFn: ({ caseId, why }: { caseId: string; why: string }) =>
      dataOf(api.cases.POST("/api/cases/v1/cases/{case_id}/unmerge", { params: { path: { case_id: caseId } }, body: { reason: why } })),
    onSuccess: (answer) => {
      say(t("merge.parted", { folio: answer.folio }));
      onClose();
    },
    onSettled: (_, __, { caseId }) => {
      for (const one of [caseId, survivorId]) void client.invalidateQueries({ queryKey: ["case", one] });
      void client.invalidateQueries({ queryKey: caseQueries.lists() });
      void client.invalidateQueries({ queryKey: caseQueries.counts().queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (row) part.mutate({ caseId: row.case_id, why: reason.trim() });
  };
  return (
    <Modal opened={row !== null} onClose={onClose} title={t("merge.partTitle", { folio: row?.folio })} closeButtonProps={{ "aria-label": t("common.close") }}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t("merge.partText")}</Text>
          <Textarea
            size="sm"
            required
            data-autofocus
            autosize
            minRows={2}
            maxLength={2000}
            label={t("merge.reason")}
            value={reason}
            onChange={({ currentTarget: { value } }) => setReason(value)}
          />
          {part.error ? <ProblemAlert error={part.error} /> : null}
          <Group justify="flex-end">
            <Button size="sm" variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button size="sm" type="submit" loading={part.isPending}>
              {t("merge.part")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
