import { Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** The password of a first sign-in; nobody can show it again. */
export function PasswordDialog({ username, password, onClose }: { username: string; password: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} title={t("people.password.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{t("people.password.text")}</Text>
        <Text>
          {t("people.username")}: <Code fz="md">{username}</Code>
        </Text>
        <Text>
          {t("people.password.label")}: <Code fz="md">{password}</Code>
        </Text>
        <Group>
          <Button onClick={onClose}>{t("people.password.done")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
