import { IconLink } from "@atiende/ui";
import { WORKERS, hasRole } from "../../auth/context";
import type { CaseAction } from "../case/extensions";
import { LinkWindow } from "./LinkWindow";

export const incidentAction: CaseAction = {
  id: "incident",
  label: "incident.link.title",
  icon: IconLink,
  shown: (open, session) => hasRole(session, WORKERS) && open.incident_id === "" && open.merged_into === "" && (open.status === "open" || open.status === "waiting_citizen"),
  Window: LinkWindow,
};
