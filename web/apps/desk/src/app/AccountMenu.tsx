import { IconChevronDown, IconGlobe, IconKeyboard, IconLogout, IconUser } from "@atiende/ui";
import { Avatar, Menu, Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ROLES, useSession } from "../auth/context";
import { signOut } from "../auth/store";
import classes from "./AccountMenu.module.css";

export function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const { t, i18n } = useTranslation();
  const other = i18n.language === "es" ? "en" : "es";
  const session = useSession();
  const roles = ROLES.filter((role) => session.roles.has(role)).map((role) => t(`shell.role.${role}`));
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.button} aria-label={`${t("shell.account")}: ${session.name}`}>
          <Avatar size={28} color="city" name={session.name} aria-hidden>
            <IconUser size={16} />
          </Avatar>
          <IconChevronDown size={14} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.who}>
          <Text fw={600}>{session.name}</Text>
          <Text size="sm" c="dimmed">
            {roles.join(", ")}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={18} />} onClick={onShortcuts}>
          {t("shell.shortcuts")}
        </Menu.Item>
        <Menu.Item hiddenFrom="sm" lang={other} leftSection={<IconGlobe size={18} />} onClick={() => void i18n.changeLanguage(other)}>
          {other === "es" ? "Español" : "English"}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={18} />} onClick={() => void signOut()}>
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
