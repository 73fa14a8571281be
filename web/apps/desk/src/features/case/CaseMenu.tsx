import { IconDots, IconHistory, IconNote, IconReply, IconTransfer } from "@atiende/ui";
import { ActionIcon, Menu } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { WORKERS, hasRole, useSession } from "../../auth/context";
import type { CaseDetail } from "../../data/types";
import type { WindowKind } from "./CaseWindow";
import { writeIn } from "./compose/composing";
import { caseActions, type CaseAction } from "./extensions";
import { useTransition } from "./useTransition";

/** "Más acciones": what the case's state allows, the procedure's own moves, and what other features add. */
export function CaseMenu({ open, onShow }: { open: CaseDetail; onShow: (kind: WindowKind) => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const move = useTransition(open);
  const [action, setAction] = useState<CaseAction | null>(null);
  const works = hasRole(session, WORKERS);
  const active = open.status === "open" || open.status === "waiting_citizen";
  const more = caseActions.filter((one) => one.shown(open, session));
  return (
    <>
      <Menu position="bottom-end" width={280}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t("case.more")}>
            <IconDots />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {works && active ? (
            <>
              <Menu.Item leftSection={<IconReply size={16} />} onClick={() => writeIn("reply")}>
                {t("inbox.key.reply")}
              </Menu.Item>
              <Menu.Item leftSection={<IconNote size={16} />} onClick={() => writeIn("note")}>
                {t("inbox.key.note")}
              </Menu.Item>
              <Menu.Item leftSection={<IconTransfer size={16} />} disabled={open.transfer !== null} onClick={() => onShow("transfer")}>
                {t("inbox.key.transfer")}
              </Menu.Item>
              <Menu.Item onClick={() => onShow("reclassify")}>{t("case.reclassify.title")}</Menu.Item>
              <Menu.Item onClick={() => onShow("resolve")}>{t("inbox.key.resolve")}</Menu.Item>
            </>
          ) : null}
          {works && !active ? (
            <Menu.Item leftSection={<IconHistory size={16} />} onClick={() => onShow("reopen")}>
              {t("case.reopen.title")}
            </Menu.Item>
          ) : null}
          {works && open.transitions.length > 0 ? (
            <>
              <Menu.Divider />
              <Menu.Label>{t("case.move")}</Menu.Label>
              {open.transitions.map((choice) => (
                <Menu.Item key={choice.id} onClick={() => move(choice)}>
                  {choice.name}
                </Menu.Item>
              ))}
            </>
          ) : null}
          {works && more.length > 0 ? <Menu.Divider /> : null}
          {more.map((one) => (
            <Menu.Item key={one.id} leftSection={<one.icon size={16} />} onClick={() => setAction(one)}>
              {t(one.label)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {action ? <action.Window open={open} onClose={() => setAction(null)} /> : null}
    </>
  );
}
