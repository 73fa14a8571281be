import { dataOf, Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Checkbox, Group, Modal, NumberInput, Stack } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { useRefreshBoard, type Agent } from "./queries";
import { useSkillNames } from "./release";

const MOST = 50;

/** What somebody can do and how much they take at once; the next offers go by it. */
export function SkillsDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const { t } = useTranslation();
  const refresh = useRefreshBoard();
  const names = useSkillNames();
  const [skills, setSkills] = useState<string[]>(agent.skills);
  const [capacity, setCapacity] = useState<number | string>(agent.capacity);
  // A skill that the city no longer has can still be taken away.
  const known = [...names, ...agent.skills.filter((skill) => !names.has(skill)).map((skill): [string, string] => [skill, skill])];
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        api.routing.PUT("/api/routing/v1/agents/{agent_id}/skills", {
          params: { path: { agent_id: agent.agent_id } },
          body: { skills, capacity: Number(capacity) },
        }),
      ),
    onSuccess: async () => {
      say(t("board.skills.done", { name: agent.name }));
      onClose();
      await refresh();
    },
  });
  const wrong = capacity === "" || !Number.isInteger(Number(capacity)) || Number(capacity) < 0 || Number(capacity) > MOST;
  return (
    <Modal opened onClose={onClose} size="lg" title={t("board.skills.title", { name: agent.name })} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        {save.error instanceof Problem ? <ProblemAlert error={save.error} /> : null}
        <NumberInput
          label={t("board.skills.capacity")}
          description={t("board.skills.capacityNote")}
          value={capacity}
          onChange={setCapacity}
          min={0}
          max={MOST}
          allowDecimal={false}
          maw={220}
          error={wrong ? t("board.skills.capacityWrong", { most: MOST }) : undefined}
        />
        <Checkbox.Group label={t("board.skills.skills")} description={t("board.skills.note")} value={skills} onChange={setSkills}>
          <Stack gap="xs" mt="xs">
            {known.map(([id, name]) => (
              <Checkbox key={id} value={id} label={name} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group>
          <Button loading={save.isPending} disabled={wrong} onClick={() => save.mutate()}>
            {t("common.save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
