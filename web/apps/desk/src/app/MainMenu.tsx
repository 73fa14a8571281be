import { IconChevronLeft, IconChevronRight } from "@atiende/ui";
import { Tooltip, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { MenuItem } from "./feature";
import classes from "./MainMenu.module.css";

interface Props {
  items: readonly MenuItem[];
  wide: boolean;
  onWide?: (wide: boolean) => void;
  onChosen?: () => void;
}

export function MainMenu({ items, wide, onWide, onChosen }: Props) {
  const { t } = useTranslation();
  const Fold = wide ? IconChevronLeft : IconChevronRight;
  return (
    <div className={classes.menu}>
      <ul className={classes.list}>
        {items.map((item) => (
          <li key={item.label}>
            <Tooltip label={t(item.label)} position="right" disabled={wide}>
              <Link
                to={item.to}
                {...(item.search ? { search: item.search } : {})}
                className={classes.item}
                activeOptions={{ includeSearch: item.search !== undefined }}
                aria-label={wide ? undefined : t(item.label)}
                onClick={onChosen}
              >
                <item.icon />
                {wide ? <span className={classes.name}>{t(item.label)}</span> : null}
                {item.Badge ? <item.Badge /> : null}
              </Link>
            </Tooltip>
            {item.Below ? <item.Below wide={wide} onChosen={onChosen} /> : null}
          </li>
        ))}
      </ul>
      {onWide ? (
        <UnstyledButton className={classes.fold} onClick={() => onWide(!wide)} aria-label={t(wide ? "shell.collapse" : "shell.expand")}>
          <Fold size={18} />
        </UnstyledButton>
      ) : null}
    </div>
  );
}
