import { IconCheck, IconSort } from "@atiende/ui";
import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { InboxSearch, Sort } from "./filter";

const SORTS: readonly Sort[] = ["due", "newest", "updated"];

export function SortMenu({ search }: { search: InboxSearch }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const current = search.q ? "newest" : (search.sort ?? "due");
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Tooltip label={t("inbox.sort.title")} openDelay={400}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${t("inbox.sort.title")}: ${t(`inbox.sort.${current}`)}`}>
            <IconSort />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("inbox.sort.title")}</Menu.Label>
        {SORTS.map((sort) => (
          <Menu.Item
            key={sort}
            aria-current={sort === current ? "true" : undefined}
            disabled={search.q !== undefined && sort !== "newest"}
            leftSection={sort === current ? <IconCheck size={16} /> : <span style={{ width: 16 }} />}
            onClick={() => void navigate({ to: "/casos", search: { ...search, sort: sort === "due" ? undefined : sort } })}
          >
            {t(`inbox.sort.${sort}`)}
          </Menu.Item>
        ))}
        {search.q ? <Menu.Label>{t("inbox.sort.searching")}</Menu.Label> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
