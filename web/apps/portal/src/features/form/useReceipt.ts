import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { dropDraft, type Draft } from "./draft";
import { forgetSending } from "./outbox";
import type { Receipt } from "./submit";

export interface ShownReceipt extends Receipt {
  procedureCode: string;
  procedureName: string;
  sentTo: "email" | "whatsapp" | "";
}

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** Of this entry of the tab's history only: it survives a reload, and goes with the tab. */
    receipt?: ShownReceipt;
  }
}

/** Shows a receipt in place of the form, and only then forgets what was filled in. */
export function useReceipt(): (draft: Draft, receipt: Receipt) => Promise<void> {
  const navigate = useNavigate();
  return useCallback(
    async (draft, receipt) => {
      const { way } = draft.contact;
      const shown: ShownReceipt = {
        ...receipt,
        procedureCode: draft.code,
        procedureName: draft.procedureName,
        sentTo: way === "email" || way === "whatsapp" ? way : "",
      };
      await navigate({ to: "/recibo", state: { receipt: shown }, replace: true });
      await dropDraft(draft.code);
      forgetSending(draft.code);
    },
    [navigate],
  );
}
