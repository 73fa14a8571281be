import { IconCheckCircle, IconSearch } from "@atiende/ui";
import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { narrowing, type InboxSearch } from "./filter";
import { VIEWS, isSameList } from "./views";

/** Nothing in the list: all done, or asked too narrowly. */
export function Empty({ search }: { search: InboxSearch }) {
  const { t } = useTranslation();
  const view = VIEWS.find((one) => isSameList(one.search, search));
  const narrowed = search.q !== undefined || (!view && narrowing(search).length > 0);
  const Picture = narrowed ? IconSearch : IconCheckCircle;
  return (
    <Stack align="center" p="xl" gap="xs" ta="center" mt="xl">
      <Picture size={36} color="var(--mantine-color-city-7)" />
      <Text fw={600}>{t(narrowed ? "inbox.empty.narrowTitle" : `inbox.empty.${view?.id === "mine" ? "mineTitle" : "title"}`)}</Text>
      <Text c="dimmed" size="sm" maw={360}>
        {t(narrowed ? (search.q ? "inbox.empty.words" : "inbox.empty.narrow") : `inbox.empty.${view?.id === "mine" ? "mine" : "text"}`)}
      </Text>
      {narrowed || view?.id === "mine" ? (
        <Anchor
          size="sm"
          renderRoot={(props) => <Link to="/casos" search={view?.id === "mine" ? { assignee: "none" } : {}} {...props} />}
        >
          {t(view?.id === "mine" ? "inbox.empty.toUnassigned" : "inbox.empty.clear")}
        </Anchor>
      ) : null}
    </Stack>
  );
}
