import type { Icon } from "@atiende/ui";
import type { ComponentType } from "react";
import type { Session } from "../../auth/context";
import type { CaseDetail } from "../../data/types";
import { incidentAction } from "../incident/action";
import { IncidentPart } from "../incident/IncidentPart";
import { FamilyNotice } from "../merge/FamilyNotice";
import { mergeAction } from "../merge/action";
import { auditAction } from "./audit/action";

/** Something that can be done to a case from "Más acciones", in a window of its own. */
export interface CaseAction {
  id: string;
  /** Key of the translation. */
  label: string;
  icon: Icon;
  shown: (open: CaseDetail, session: Session) => boolean;
  /** Mounted while it is open; it shows a modal window or a drawer and calls `onClose` when done. */
  Window: ComponentType<{ open: CaseDetail; onClose: () => void }>;
}

type CasePart = ComponentType<{ open: CaseDetail }>;

/** Other features put what they do with a case here, one line each. */
export const caseActions: readonly CaseAction[] = [mergeAction, incidentAction, auditAction];

/** What stands between a case's head and its conversation, when it has something to say. */
export const caseNotices: readonly CasePart[] = [FamilyNotice];

/** More parts of the facts beside the conversation. */
export const caseParts: readonly CasePart[] = [IncidentPart];
