import { IconBell, ProblemAlert } from "@atiende/ui";
import { Button, Group, SegmentedControl, Stack, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePageTitle } from "../../app/title";
import { Time } from "../../parts/Time";
import { Blank, Loading } from "../board/states";
import classes from "./MentionsPage.module.css";
import { mentionsQuery, useReadMentions } from "./queries";

/** Where colleagues have called this person, and what they wrote. */
export function MentionsPage() {
  const { t } = useTranslation();
  const [shown, setShown] = useState("unread");
  const { data, error, isPending, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(mentionsQuery(shown === "unread"));
  const read = useReadMentions();
  usePageTitle(t("mentions.title"));
  const notes = data?.pages.flatMap((page) => page.items) ?? [];
  const unread = notes.filter((note) => note.read_time === null).map((note) => note.message_id);
  return (
    <Stack className={classes.page} gap="md">
      <Group justify="space-between">
        <Title order={1} size="h3" tabIndex={-1}>
          {t("mentions.title")}
        </Title>
        <Button size="sm" variant="default" disabled={unread.length === 0} onClick={() => read(unread)}>
          {t("mentions.readAll")}
        </Button>
      </Group>
      <SegmentedControl
        size="sm"
        aria-label={t("mentions.shown")}
        value={shown}
        data={[
          { value: "unread", label: t("mentions.onlyUnread") },
          { value: "all", label: t("mentions.all") },
        ]}
        onChange={setShown}
      />
      {error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : null}
      {isPending ? <Loading /> : null}
      {data && notes.length === 0 ? <Blank title={t(`mentions.none.${shown}`)} text={t("mentions.noneText")} /> : null}
      <ul className={classes.notes}>
        {notes.map((note) => (
          <li key={note.message_id} className={classes.note} data-unread={note.read_time === null}>
            <div className={classes.by}>
              {note.read_time === null ? <IconBell size={14} label={t("mentions.new")} /> : null}
              <strong>{note.actor_name}</strong>
              <Link to="/casos/$caseId" params={{ caseId: note.case_id }} search>
                {note.folio}
              </Link>
              <Time time={note.time} />
            </div>
            <Text size="sm" className={classes.text}>
              {note.text}
            </Text>
          </li>
        ))}
      </ul>
      {hasNextPage ? (
        <Button size="sm" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("mentions.more")}
        </Button>
      ) : null}
    </Stack>
  );
}
