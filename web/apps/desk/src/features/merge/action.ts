import { IconMerge } from "@atiende/ui";
import { WORKERS, hasRole } from "../../auth/context";
import type { CaseAction } from "../case/extensions";
import { MergeWindow } from "./MergeWindow";
import { isOpen } from "./queries";

export const mergeAction: CaseAction = {
  id: "merge",
  label: "merge.title",
  icon: IconMerge,
  // One that has duplicates itself stays: the other one is joined to it.
  shown: (open, session) => hasRole(session, WORKERS) && isOpen(open) && open.merged === 0,
  Window: MergeWindow,
};
