import { Button, Group, Kbd, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../settings/preferences";
import type { Shortcut } from "./keys";
import { useRegisteredShortcuts } from "./useShortcuts";

const GROUPS = ["general", "list", "case"] as const;
const SIGNS: Record<string, string> = { ArrowDown: "↓", ArrowUp: "↑", Enter: "Enter ↵", Escape: "Esc", Home: "Inicio", End: "Fin" };

/** Shows what keys do on this page, and the switch for single keys. */
export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const shortcuts = useRegisteredShortcuts();
  const [preferences, change] = usePreferences();
  return (
    <Modal opened={opened} onClose={onClose} title={t("keyboard.title")} size="lg" closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text size="sm">{t("keyboard.intro")}</Text>
        <Group justify="space-between">
          <Text size="sm" aria-live="polite">
            {t(preferences.singleKeys ? "keyboard.on" : "keyboard.off")}
          </Text>
          <Button size="sm" variant="default" onClick={() => change({ singleKeys: !preferences.singleKeys })}>
            {t(preferences.singleKeys ? "keyboard.turnOff" : "keyboard.turnOn")}
          </Button>
        </Group>
        {GROUPS.map((group) => (
          <Part key={group} title={t(`keyboard.group.${group}`)} shortcuts={shortcuts.filter((one) => one.group === group)} />
        ))}
      </Stack>
    </Modal>
  );
}

function Part({ title, shortcuts }: { title: string; shortcuts: readonly Shortcut[] }) {
  const { t } = useTranslation();
  if (shortcuts.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {shortcuts.map((one) => (
            <Table.Tr key={one.label}>
              <Table.Th scope="row" fw={400}>
                {t(one.label)}
              </Table.Th>
              <Table.Td ta="right">
                {one.keys.map((keys, index) => (
                  <Fragment key={keys}>
                    {index > 0 ? ` ${t("keyboard.or")} ` : null}
                    <Keys keys={keys} />
                  </Fragment>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Keys({ keys }: { keys: string }) {
  const { t } = useTranslation();
  return keys.split(" ").map((key, index) => (
    <Fragment key={`${index}${key}`}>
      {index > 0 ? ` ${t("keyboard.then")} ` : null}
      <Kbd>{SIGNS[key] ?? key.replace("mod+", "Ctrl + ").toUpperCase()}</Kbd>
    </Fragment>
  ));
}
