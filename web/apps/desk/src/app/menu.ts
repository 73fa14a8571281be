import { adminMenu } from "../features/admin/menu";
import { crisisMenu } from "../features/crisis/menu";
import { boardMenu } from "../features/board/menu";
import { counterMenu } from "../features/counter/menu";
import { inboxMenu } from "../features/inbox/menu";
import { peopleMenu } from "../features/people/menu";
import { incidentMenu } from "../features/incident/menu";
import { mentionsMenu } from "../features/mentions/menu";
import type { MenuItem } from "./feature";

/** What the menu shows, in this order: each feature brings its entries here and its routes in `router.tsx`. */
export const menu: readonly MenuItem[] = [
  ...inboxMenu,
  ...mentionsMenu,
  ...incidentMenu,
  ...counterMenu,
  ...boardMenu,
  ...adminMenu,
  ...peopleMenu,
  ...crisisMenu,
];
