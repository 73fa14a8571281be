import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Choice, Clash } from "./merge";
import { usePlaceName } from "./places";

interface Props {
  text: string;
  clashes: readonly Clash[];
  /** Where the compared values stand in the release. */
  path: string;
  busy: boolean;
  onChoose: (choices: Record<string, Choice>) => void;
  onClose: () => void;
}

/** What two people changed at once: both versions, and a choice for each. */
export function ClashDialog({ text, clashes, path, busy, onChoose, onClose }: Props) {
  const { t } = useTranslation();
  const placeName = usePlaceName();
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const missing = clashes.filter((clash) => !choices[clash.path]).length;
  return (
    <Modal opened onClose={onClose} size="xl" title={t("admin.clash.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <Stack>
        <Text>{text}</Text>
        {clashes.map((clash) => (
          <Radio.Group
            key={clash.path}
            label={placeName(path + clash.path)}
            value={choices[clash.path] ?? ""}
            onChange={(chosen) => setChoices({ ...choices, [clash.path]: chosen as Choice })}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="mine" label={t("admin.clash.mine", { value: shown(clash.mine, t("admin.clash.nothing")) })} />
              <Radio value="theirs" label={t("admin.clash.theirs", { value: shown(clash.theirs, t("admin.clash.nothing")) })} />
            </Stack>
          </Radio.Group>
        ))}
        <Group>
          <Button disabled={missing > 0} loading={busy} onClick={() => onChoose(choices)}>
            {t("admin.clash.save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
        </Group>
        {missing > 0 ? <Text size="sm">{t("admin.clash.missing", { count: missing })}</Text> : null}
      </Stack>
    </Modal>
  );
}

function shown(value: unknown, nothing: string): string {
  if (value === undefined) return nothing;
  return typeof value === "string" ? value : JSON.stringify(value);
}
