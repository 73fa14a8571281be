import { IconFilter } from "@atiende/ui";
import { Button, Checkbox, NativeSelect, Popover, SimpleGrid, Stack } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCatalogue, type Named } from "../../data/city";
import { CHANNELS, FLAGS, narrowing, type InboxSearch } from "./filter";

type Choosable = "unit" | "procedure" | "channel" | "status" | "priority" | "assignee";

/** Narrows the list; every choice is in the link at once. */
export function FilterMenu({ search }: { search: InboxSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { units, procedures } = useCatalogue();
  const set = (change: InboxSearch) => void navigate({ to: "/casos", search: { ...search, ...change }, replace: true });
  const count = narrowing(search).length;
  const named = (kind: string, ids: readonly string[]) => ids.map((id) => ({ id, name: t(`${kind}.${id}`) }));
  const lists: [Choosable, Named[]][] = [
    ["status", named("status", ["open", "waiting_citizen", "resolved", "closed"])],
    ["assignee", named("inbox.assignee", ["me", "none"])],
    ["unit", units],
    ["procedure", procedures],
    ["channel", named("channel", CHANNELS)],
    ["priority", named("priority", ["0", "1", "2", "3", "4"])],
  ];
  return (
    <Popover position="bottom-end" width={340} trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default" size="sm" leftSection={<IconFilter size={16} />} px="sm">
          {count > 0 ? t("inbox.filter.some", { count }) : t("inbox.filter.title")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("inbox.filter.title")}>
        <Stack gap="xs">
          <SimpleGrid cols={2} spacing="xs" verticalSpacing="xs">
            {lists.map(([field, choices]) => (
              <NativeSelect
                key={field}
                size="sm"
                label={t(`inbox.filter.${field}`)}
                value={String(search[field] ?? "")}
                data={[
                  { value: "", label: t(field === "status" ? "inbox.filter.owed" : "inbox.filter.any") },
                  ...choices.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                onChange={({ currentTarget: { value } }) =>
                  set({ [field]: value === "" ? undefined : field === "priority" ? Number(value) : value })
                }
              />
            ))}
          </SimpleGrid>
          <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
            <legend className="visually-hidden">{t("inbox.filter.only")}</legend>
            <SimpleGrid cols={2} spacing="xs" verticalSpacing={6}>
              {FLAGS.map((flag) => (
                <Checkbox
                  key={flag}
                  size="sm"
                  label={t(`inbox.flag.${flag}`)}
                  checked={search[flag] === true}
                  onChange={({ currentTarget: { checked } }) => set({ [flag]: checked ? true : undefined })}
                />
              ))}
            </SimpleGrid>
          </fieldset>
          {count > 0 ? (
            <Button
              size="sm"
              variant="subtle"
              onClick={() => void navigate({ to: "/casos", search: search.q ? { q: search.q } : {}, replace: true })}
            >
              {t("inbox.filter.clear")}
            </Button>
          ) : null}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
