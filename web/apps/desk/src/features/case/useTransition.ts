import { dataOf } from "@atiende/api";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import type { CaseDetail } from "../../data/types";
import { useCaseAction } from "./useCaseAction";

type Choice = CaseDetail["transitions"][number];

/** Makes a move of the procedure. */
export function useTransition(open: CaseDetail): (choice: Choice) => void {
  const { t } = useTranslation();
  const { mutate } = useCaseAction<Choice>(open.case_id, {
    run: ({ id }) =>
      dataOf(
        api.cases.POST("/api/cases/v1/cases/{case_id}/transitions", {
          params: { path: { case_id: open.case_id } },
          body: { transition: id },
        }),
      ),
    done: t("case.moved", { folio: open.folio }),
  });
  return mutate;
}
