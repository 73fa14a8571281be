import { IconSettings } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { READERS } from "./queries";

export const adminMenu: readonly MenuItem[] = [
  { to: "/administracion", label: "admin.title", icon: IconSettings, roles: READERS, key: "a" },
];
