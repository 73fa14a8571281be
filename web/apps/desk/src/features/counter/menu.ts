import { IconCounter } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { WORKERS } from "../../auth/context";

export const counterMenu: readonly MenuItem[] = [{ to: "/ventanilla", label: "counter.title", icon: IconCounter, roles: WORKERS, key: "w" }];
