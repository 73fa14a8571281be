import { IconList, IconMenu } from "@atiende/ui";
import { ActionIcon, Group, Menu, Title, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { usePreferences } from "../../settings/preferences";
import { FilterChips } from "./FilterChips";
import { FilterMenu } from "./FilterMenu";
import { useViews } from "./InboxViews";
import classes from "./ListHead.module.css";
import type { InboxSearch } from "./filter";
import { SaveView } from "./SaveView";
import { SearchBox } from "./SearchBox";
import { SortMenu } from "./SortMenu";

/** Which list this is, and what makes it another one. */
export const ListHead = memo(function ListHead({ title, search, level }: { title: string; search: InboxSearch; level: 1 | 2 }) {
  const { t } = useTranslation();
  const [{ density }, change] = usePreferences();
  return (
    <div className={classes.head}>
      <Group gap="xs" wrap="nowrap">
        <ViewsMenu />
        <Title order={level} tabIndex={-1} size="h4" className={classes.title}>
          {title}
        </Title>
        <Group gap={2} wrap="nowrap" ml="auto">
          <SaveView search={search} />
          <SortMenu search={search} />
          <Tooltip label={t(density === "compact" ? "inbox.comfortable" : "inbox.compact")} openDelay={400}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t("inbox.compact")}
              aria-pressed={density === "compact"}
              onClick={() => change({ density: density === "compact" ? "comfortable" : "compact" })}
            >
              <IconList />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Group gap="xs" wrap="nowrap" mt={6}>
        <SearchBox search={search} />
        <FilterMenu search={search} />
      </Group>
      <FilterChips search={search} />
    </div>
  );
});

/** The lists by name, for when the main menu does not show them. */
function ViewsMenu() {
  const { t } = useTranslation();
  const views = useViews();
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("inbox.views")} className={classes.views}>
          <IconMenu />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {views.map((view) => (
          <Menu.Item
            key={view.id}
            renderRoot={(props) => <Link to="/casos" search={view.search} activeOptions={{ exact: true }} {...props} />}
            leftSection={<view.icon size={16} />}
            rightSection={view.count}
            {...(view.current ? { "aria-current": "page" } : {})}
          >
            {view.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
