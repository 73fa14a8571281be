import { dataOf } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { say } from "../../app/toasts";
import { useRefreshBoard, type Agent, type WorkItem } from "./queries";

const QUEUE = "queue";

interface Props {
  item: WorkItem;
  owner: Agent;
  colleagues: readonly Agent[];
  onClose: () => void;
}

/** Takes work from somebody: back to the queue, or to a colleague of the unit. */
export function MoveWork({ item, owner, colleagues, onClose }: Props) {
  const { t } = useTranslation();
  const refresh = useRefreshBoard();
  const [target, setTarget] = useState(QUEUE);
  const able = colleagues
    .filter((agent) => agent.agent_id !== owner.agent_id && agent.units.includes(item.unit_id))
    .sort((one, other) => Number(other.available) - Number(one.available) || other.free_slots - one.free_slots);
  const move = useMutation({
    mutationFn: () => {
      const params = { path: { item_id: item.work_item_id } };
      return target === QUEUE
        ? dataOf(api.routing.POST("/api/routing/v1/work-items/{item_id}/release", { params }))
        : dataOf(api.routing.POST("/api/routing/v1/work-items/{item_id}/assignment", { params, body: { agent_id: target } }));
    },
    onSuccess: async () => {
      const name = able.find((agent) => agent.agent_id === target)?.name ?? "";
      say(target === QUEUE ? t("board.move.doneQueue", { folio: item.folio }) : t("board.move.done", { folio: item.folio, name }));
      onClose();
      await refresh();
    },
    // What was shown may be old: somebody resolved it, or moved it already.
    onError: () => refresh(),
  });
  return (
    <Modal opened onClose={onClose} title={t("board.move.title", { folio: item.folio })} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        {move.error ? <ProblemAlert error={move.error} /> : null}
        <Text>{t("board.move.text", { name: owner.name })}</Text>
        <Radio.Group label={t("board.move.to")} value={target} onChange={setTarget}>
          <Stack gap="xs" mt="xs">
            <Radio value={QUEUE} label={t("board.move.queue")} description={t("board.move.queueNote")} />
            {able.map((agent) => (
              <Radio
                key={agent.agent_id}
                value={agent.agent_id}
                disabled={agent.free_slots === 0}
                label={agent.name}
                description={t(agent.available ? "board.move.online" : "board.move.offline", { free: agent.free_slots, capacity: agent.capacity })}
              />
            ))}
          </Stack>
        </Radio.Group>
        {able.length === 0 ? <Text size="sm">{t("board.move.nobody")}</Text> : null}
        <Group>
          <Button loading={move.isPending} onClick={() => move.mutate()}>
            {t(target === QUEUE ? "board.move.toQueue" : "board.move.toPerson")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
