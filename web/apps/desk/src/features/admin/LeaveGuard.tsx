import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

/** Asks before what was written and not saved is lost. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useTranslation();
  const blocker = useBlocker({ shouldBlockFn: () => dirty, enableBeforeUnload: () => dirty, withResolver: true });
  if (blocker.status !== "blocked") return null;
  return (
    <Modal opened onClose={blocker.reset} title={t("admin.leave.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{t("admin.leave.text")}</Text>
        <Group>
          <Button onClick={blocker.reset}>{t("admin.leave.stay")}</Button>
          <Button variant="default" onClick={blocker.proceed}>
            {t("admin.leave.leave")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
