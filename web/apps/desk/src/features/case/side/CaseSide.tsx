import { Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CaseDetail } from "../../../data/types";
import { caseParts } from "../extensions";
import { ChecklistPart } from "./ChecklistPart";
import { ClockPart } from "./ClockPart";
import { FormPart } from "./FormPart";
import { Fact, Facts, Part } from "./parts";
import { PersonPart } from "./PersonPart";

/** What is known of the matter and the person, beside the conversation. */
export function CaseSide({ open }: { open: CaseDetail }) {
  return (
    <Stack gap="md">
      <ClockPart open={open} />
      <MatterPart open={open} />
      <FormPart open={open} />
      <ChecklistPart open={open} />
      {caseParts.map((More, index) => (
        <More key={index} open={open} />
      ))}
      <PersonPart citizenId={open.citizen_id} caseId={open.case_id} />
    </Stack>
  );
}

function MatterPart({ open }: { open: CaseDetail }) {
  const { t } = useTranslation();
  return (
    <Part title={t("case.side.matter")}>
      <Facts>
        <Fact name={t("inbox.filter.procedure")}>{open.procedure_name}</Fact>
        <Fact name={t("inbox.filter.unit")}>{open.unit_name}</Fact>
        {open.place?.address ? <Fact name={t("case.side.place")}>{open.place.address}</Fact> : null}
        {open.place?.latitude != null ? (
          <Fact name={t("case.side.position")}>{`${open.place.latitude.toFixed(5)}, ${open.place.longitude?.toFixed(5) ?? ""}`}</Fact>
        ) : null}
        {open.linked_case_id ? (
          <Fact name={t("case.side.linked")}>
            <Link to="/casos/$caseId" params={{ caseId: open.linked_case_id }} search>
              {t("case.side.seeLinked")}
            </Link>
          </Fact>
        ) : null}
      </Facts>
    </Part>
  );
}
