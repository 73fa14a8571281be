import { IconKeyboard, IconMenu, LanguageSwitch, SkipLink } from "@atiende/ui";
import { ActionIcon, Box, Drawer, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { WORKERS, hasRole, useSession } from "../auth/context";
import { SessionEnded } from "../auth/SessionEnded";
import { CrisisBanner } from "../features/crisis/CrisisBanner";
import { LiveStatus } from "../features/live/LiveStatus";
import { MentionNotice } from "../features/mentions/MentionNotice";
import { Offers } from "../features/shift/Offers";
import { Presence } from "../features/shift/Presence";
import { ShortcutsDialog } from "../keyboard/ShortcutsDialog";
import { useShortcuts } from "../keyboard/useShortcuts";
import { usePreferences } from "../settings/preferences";
import { AccountMenu } from "./AccountMenu";
import { MainMenu } from "./MainMenu";
import { menu } from "./menu";
import classes from "./Shell.module.css";
import { Toasts } from "./Toasts";
import { useFocusOnNavigation } from "./useFocusOnNavigation";

/** What stands around every page: the way in between features, who one is, and what is wrong with the connection. */
export function Shell() {
  const { t } = useTranslation();
  const session = useSession();
  const navigate = useNavigate();
  const [preferences, change] = usePreferences();
  const [drawer, { open: openDrawer, close: closeDrawer }] = useDisclosure();
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure();
  useFocusOnNavigation();
  const worker = hasRole(session, WORKERS);
  const items = menu.filter((item) => hasRole(session, item.roles));
  useShortcuts([
    { keys: ["?"], label: "keyboard.help", group: "general", run: openHelp },
    ...items.filter((item) => item.key).map((item) => ({
      keys: [`g ${item.key}`],
      label: item.label,
      group: "general" as const,
      run: () => void navigate({ to: item.to, search: item.search }),
    })),
  ]);
  return (
    <div className={classes.shell} data-wide={preferences.wideMenu}>
      <SkipLink />
      <header className={classes.header}>
        <ActionIcon className={classes.burger} variant="subtle" color="gray" size="lg" aria-label={t("shell.openMenu")} onClick={openDrawer}>
          <IconMenu />
        </ActionIcon>
        <Text fw={700} className={classes.brand}>
          {t("shell.title")}
        </Text>
        <div className={classes.tools}>
          <Tooltip label={t("shell.shortcuts")} openDelay={400}>
            <ActionIcon variant="subtle" color="gray" size="lg" visibleFrom="sm" aria-label={t("shell.shortcuts")} onClick={openHelp}>
              <IconKeyboard />
            </ActionIcon>
          </Tooltip>
          {worker ? <Presence /> : null}
          <Box visibleFrom="sm">
            <LanguageSwitch />
          </Box>
          <AccountMenu onShortcuts={openHelp} />
        </div>
      </header>
      <div className={classes.banners}>
        <SessionEnded />
        <CrisisBanner />
        <LiveStatus />
        {worker ? <Offers /> : null}
      </div>
      <nav className={classes.nav} aria-label={t("shell.menu")}>
        <MainMenu items={items} wide={preferences.wideMenu} onWide={(wideMenu) => change({ wideMenu })} />
      </nav>
      <Drawer opened={drawer} onClose={closeDrawer} size={280} title={t("shell.menu")} closeButtonProps={{ "aria-label": t("common.close") }}>
        <nav aria-label={t("shell.menu")}>
          <MainMenu items={items} wide onChosen={closeDrawer} />
        </nav>
      </Drawer>
      <main id="contenido" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <MentionNotice />
      <Toasts />
      <ShortcutsDialog opened={help} onClose={closeHelp} />
    </div>
  );
}
