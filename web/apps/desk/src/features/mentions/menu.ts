import { IconBell } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { ROLES } from "../../auth/context";
import { MentionsBadge } from "./MentionsBadge";

export const mentionsMenu: readonly MenuItem[] = [
  { to: "/menciones", label: "mentions.title", icon: IconBell, roles: ROLES, key: "n", Badge: MentionsBadge },
];
