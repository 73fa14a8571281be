import { IconArrowLeft, IconCheck, IconUserCheck } from "@atiende/ui";
import { ActionIcon, Badge, Button, Group, Title } from "@mantine/core";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { WORKERS, hasRole, useSession } from "../../auth/context";
import type { CaseDetail } from "../../data/types";
import { useShortcuts } from "../../keyboard/useShortcuts";
import { Channel } from "../../parts/Channel";
import { Due } from "../../parts/Due";
import { Marks } from "../../parts/Marks";
import classes from "./CaseHead.module.css";
import { CaseMenu } from "./CaseMenu";
import { CaseWindow, type WindowKind } from "./CaseWindow";
import { writeIn } from "./compose/composing";
import { useClaim } from "./useClaim";

const TITLE_CHARACTERS = 120;

/** A matter without a subject is called by how it begins. */
function firstWords(text: string): string {
  return text.length > TITLE_CHARACTERS ? `${text.slice(0, TITLE_CHARACTERS).trimEnd()}…` : text;
}

/** What the case is, how it stands, and what can be done to it. */
export function CaseHead({ open }: { open: CaseDetail }) {
  const { t } = useTranslation();
  const session = useSession();
  const claim = useClaim();
  const intent = useLocation({ select: ({ state }) => (state as { intent?: string }).intent });
  const [window, setWindow] = useState<WindowKind | null>(intent === "resolve" || intent === "transfer" ? intent : null);
  const works = hasRole(session, WORKERS);
  const active = open.status === "open" || open.status === "waiting_citizen";
  // What is only offered to one's unit is accepted first (`TransferBanner`).
  const takes = active && (session.units.includes(open.unit_id) || !open.transfer);
  const mine = open.assignee_id === session.subject;
  useEffect(() => {
    if (intent === "reply" || intent === "note") writeIn(intent);
  }, [intent]);
  const show = (kind: WindowKind) => () => setWindow(kind);
  useShortcuts(
    [
      { keys: ["c"], label: "inbox.key.claim", group: "case", run: () => claim(open) },
      { keys: ["r"], label: "inbox.key.reply", group: "case", run: () => writeIn("reply") },
      { keys: ["n"], label: "inbox.key.note", group: "case", run: () => writeIn("note") },
      { keys: ["e"], label: "inbox.key.resolve", group: "case", run: show("resolve") },
      { keys: ["t"], label: "inbox.key.transfer", group: "case", run: show("transfer") },
    ],
    works && active,
  );
  return (
    <header role="presentation" className={classes.head}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("case.back")}
          renderRoot={(props) => <Link to="/casos" search {...props} />}
        >
          <IconArrowLeft />
        </ActionIcon>
        <div className={classes.what}>
          <Title order={1} id="caso" tabIndex={-1} size="h4">
            {open.subject || firstWords(open.description) || t("inbox.row.noSubject")}
          </Title>
          <div className={classes.facts}>
            <span>{open.folio}</span>
            <Badge variant="light" color={active ? "city" : "gray"} tt="none" radius="sm">
              {open.state_name}
            </Badge>
            <Due row={open} />
            <Channel channel={open.channel} />
            <span>{mine ? t("case.mine") : open.assignee_name || t("inbox.row.nobody")}</span>
            <Marks row={open} />
          </div>
        </div>
        <Group gap={4} wrap="nowrap">
            {works && takes && !open.assignee_id ? (
              <Button size="sm" leftSection={<IconUserCheck size={16} />} onClick={() => claim(open)}>
                {t("case.claim.action")}
              </Button>
            ) : null}
            {works && active && mine ? (
              <Button size="sm" variant="default" leftSection={<IconCheck size={16} />} onClick={show("resolve")}>
                {t("inbox.key.resolve")}
              </Button>
            ) : null}
            <CaseMenu open={open} onShow={setWindow} />
        </Group>
      </Group>
      <CaseWindow open={open} kind={window} onClose={() => setWindow(null)} />
    </header>
  );
}
