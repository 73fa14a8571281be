import { IconLink } from "@atiende/ui";
import type { MenuItem } from "../../app/feature";
import { ROLES } from "../../auth/context";

export const incidentMenu: readonly MenuItem[] = [{ to: "/incidentes", label: "incident.title", icon: IconLink, roles: ROLES }];
