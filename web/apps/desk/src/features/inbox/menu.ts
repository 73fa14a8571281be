import { IconInbox } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { ROLES } from "../../auth/context";
import { InboxViews } from "./InboxViews";

export const inboxMenu: readonly MenuItem[] = [
  { to: "/casos", label: "inbox.title", icon: IconInbox, roles: ROLES, Below: InboxViews },
];
