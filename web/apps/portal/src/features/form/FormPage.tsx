import { Problem } from "@atiende/api";
import { defaultsOf, ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { NotFound } from "../../app/NotFound";
import { PageHeading } from "../../app/PageHeading";
import { useLanguage } from "../../app/useLanguage";
import { kioskUnit } from "../kiosk/mode";
import { procedureQuery, type Procedure } from "../procedures/queries";
import { newDraft } from "./draft";
import { FormWizard } from "./FormWizard";
import { definitionOf } from "./steps";
import { useDraft } from "./useDraft";

/** The procedure's form, from its JSON Schema. */
export function FormPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { code } = useParams({ from: "/shell/tramites/$code/iniciar" });
  const procedure = useQuery(procedureQuery(code, language));
  if (procedure.error instanceof Problem && procedure.error.status === 404) return <NotFound />;
  if (procedure.data) return <Form procedure={procedure.data} key={code} />;
  return (
    <div className="wrap page">
      <PageHeading hidden>{t("form.title")}</PageHeading>
      {procedure.error ? (
        <ProblemAlert error={procedure.error} onRetry={() => void procedure.refetch()} />
      ) : (
        <p role="status">{t("common.loading")}</p>
      )}
    </div>
  );
}

function Form({ procedure, origin = kioskUnit() === undefined ? "portal" : "kiosk" }: { procedure: Procedure; origin?: "portal" | "kiosk" }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const definition = definitionOf(procedure);
  const drafting = useDraft(procedure.code, () =>
    newDraft(procedure.code, procedure.name, defaultsOf(definition.form), language, origin),
  );
  if (!drafting.draft) return <p role="status" className="wrap page">{t("common.loading")}</p>;
  return <FormWizard procedure={procedure} definition={definition} {...drafting} draft={drafting.draft} />;
}
