import { IconChevronDown, IconChevronUp, IconPlus, IconX } from "@atiende/ui";
import { ActionIcon, Button, Group, Stack, Text } from "@mantine/core";
import { useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Texts } from "../content";
import { fieldId } from "../pointer";
import { bindItems, useTold, type Bound } from "./bound";
import classes from "./fields.module.css";
import { TextsField } from "./text";

interface ListProps<Item> extends Bound<Item[]> {
  label: string;
  description?: string | undefined;
  /** What an item is called, for its buttons and its heading. */
  nameOf: (item: Item, index: number) => string;
  /** A new item; none can be added without. */
  fresh?: () => Item;
  addLabel?: string;
  children: (item: Bound<Item>, index: number) => ReactNode;
}

/** Items that are put in order, added and removed with buttons, so that a keyboard can do it all. */
export function ListField<Item>({ label, description, value, onChange, path, nameOf, fresh, addLabel, children }: ListProps<Item>) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const error = useTold(path);
  const items = Array.isArray(value) ? value : [];
  const item = bindItems({ value: items, onChange, path });
  const focusAt = (index: number, action: string) =>
    setTimeout(() => list.current?.children[index]?.querySelector<HTMLElement>(`[data-action="${action}"]:not(:disabled), [data-action]:not(:disabled)`)?.focus());
  const move = (index: number, by: -1 | 1) => {
    const next = [...items];
    next.splice(index + by, 0, ...next.splice(index, 1));
    onChange(next);
    focusAt(index + by, by < 0 ? "up" : "down");
  };
  return (
    <section className={classes.list} aria-label={label} id={fieldId(path)} tabIndex={-1}>
      <Text fw={600}>{label}</Text>
      {description ? <Text size="sm" c="dimmed">{description}</Text> : null}
      {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : null}
      <ol ref={list} className={classes.items}>
        {items.map((one, index) => (
          // Items have no ids of their own; their fields hold nothing but what they are given.
          <li key={index} className={classes.item}>
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text fw={600} className={classes.itemName}>{`${index + 1}. ${nameOf(one, index)}`}</Text>
              <Group gap={4} wrap="nowrap">
                <ActionIcon variant="default" size="lg" data-action="up" disabled={index === 0} aria-label={t("admin.list.up", { name: nameOf(one, index) })} onClick={() => move(index, -1)}>
                  <IconChevronUp size={18} />
                </ActionIcon>
                <ActionIcon variant="default" size="lg" data-action="down" disabled={index === items.length - 1} aria-label={t("admin.list.down", { name: nameOf(one, index) })} onClick={() => move(index, 1)}>
                  <IconChevronDown size={18} />
                </ActionIcon>
                <ActionIcon
                  variant="default"
                  size="lg"
                  data-action="remove"
                  aria-label={t("admin.list.remove", { name: nameOf(one, index) })}
                  onClick={() => {
                    onChange(items.filter((_, at) => at !== index));
                    focusAt(Math.max(0, index - 1), "remove");
                  }}
                >
                  <IconX size={18} />
                </ActionIcon>
              </Group>
            </Group>
            {children(item(index), index)}
          </li>
        ))}
      </ol>
      {fresh ? (
        <Button variant="default" leftSection={<IconPlus size={18} />} onClick={() => onChange([...items, fresh()])}>
          {addLabel ?? t("admin.list.add")}
        </Button>
      ) : null}
    </section>
  );
}

/** Texts in order: requirements, steps. */
export function TextsListField({ label, description, one, ...bound }: Bound<Texts[]> & { label: string; description?: string; one: string }) {
  return (
    <ListField {...bound} label={label} description={description} nameOf={() => one} fresh={() => ({}) as Texts}>
      {(item) => (
        <Stack gap="xs">
          <TextsField {...item} onChange={(next) => item.onChange(next ?? {})} label={one} lines={1} />
        </Stack>
      )}
    </ListField>
  );
}
