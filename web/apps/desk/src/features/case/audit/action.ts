import { IconShield } from "@atiende/ui";
import type { CaseAction } from "../extensions";
import { AuditWindow } from "./AuditWindow";

export const auditAction: CaseAction = {
  id: "audit",
  label: "case.audit.title",
  icon: IconShield,
  shown: () => true,
  Window: AuditWindow,
};
