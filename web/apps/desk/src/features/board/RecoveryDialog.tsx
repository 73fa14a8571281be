import { dataOf, type SurveysSchemas } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, Radio, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { useRefreshBoard, type Answer } from "./queries";

type Disposition = SurveysSchemas["schemas"]["DispositionBody"]["disposition"];
const DISPOSITIONS: readonly Disposition[] = ["contacted", "case_reopened", "forwarded", "noted", "no_action"];
const NOTE_MOST = 2000;

/** Says what was done about an answer; the task is settled with it. */
export function RecoveryDialog({ answer, onClose }: { answer: Answer; onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefreshBoard();
  const [disposition, setDisposition] = useState<Disposition | "">("");
  const [note, setNote] = useState("");
  const [asked, setAsked] = useState(false);
  const save = useMutation({
    mutationFn: (chosen: Disposition) =>
      dataOf(
        api.surveys.POST("/api/surveys/v1/recovery-tasks/{invitation_id}/disposition", {
          params: { path: { invitation_id: answer.invitation_id } },
          body: { disposition: chosen, note: note.trim() },
        }),
      ),
    onSuccess: async () => {
      say(t("board.recovery.saved", { folio: answer.folio }));
      onClose();
      await refresh();
    },
  });
  const missing = asked && disposition === "" ? t("board.recovery.chooseOne") : undefined;
  return (
    <Modal opened onClose={onClose} size="lg" title={t("board.recovery.dialog", { folio: answer.folio })} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack
        component="form"
        onSubmit={(event: React.FormEvent) => {
          event.preventDefault();
          setAsked(true);
          if (disposition !== "") save.mutate(disposition);
        }}
      >
        {save.error ? <ProblemAlert error={save.error} /> : null}
        <Radio.Group label={t("board.recovery.doneWhat")} value={disposition} onChange={(value) => setDisposition(value as Disposition)} error={missing}>
          <Stack gap="xs" mt="xs">
            {DISPOSITIONS.map((one) => (
              <Radio key={one} value={one} label={t(`board.recovery.disposition.${one}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label={`${t("board.recovery.note")} ${t("common.optional")}`}
          description={t("board.recovery.noteHelp")}
          maxLength={NOTE_MOST}
          autosize
          minRows={3}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t("board.recovery.save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
