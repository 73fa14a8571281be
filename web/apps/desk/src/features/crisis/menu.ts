import { IconSiren } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { OVERSEERS } from "../../auth/context";

export const crisisMenu: readonly MenuItem[] = [{ to: "/crisis", label: "crisis.title", icon: IconSiren, roles: OVERSEERS, key: "c" }];
