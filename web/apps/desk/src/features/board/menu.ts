import { IconChart } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { OVERSEERS } from "../../auth/context";

export const boardMenu: readonly MenuItem[] = [{ to: "/tablero", label: "board.title", icon: IconChart, roles: OVERSEERS, key: "t" }];
