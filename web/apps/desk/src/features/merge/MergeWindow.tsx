import { Drawer } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CaseDetail, CaseView } from "../../data/types";
import { Candidates } from "./Candidates";
import { Confirm } from "./Confirm";

/** Joins a case to another one: first which, then side by side what happens, with a reason. */
export function MergeWindow({ open, onClose }: { open: CaseDetail; onClose: () => void }) {
  const { t } = useTranslation();
  const [other, setOther] = useState<CaseView | null>(null);
  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={t("merge.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      {other ? <Confirm open={open} other={other} onBack={() => setOther(null)} onDone={onClose} /> : <Candidates open={open} onChoose={setOther} />}
    </Drawer>
  );
}
