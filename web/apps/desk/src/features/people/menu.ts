import { IconUsers } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { ADMINS } from "./queries";

export const peopleMenu: readonly MenuItem[] = [{ to: "/personas", label: "people.title", icon: IconUsers, roles: ADMINS, key: "p" }];
