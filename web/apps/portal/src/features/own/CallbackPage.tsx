import { Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useLanguage } from "../../app/useLanguage";
import { finishSignIn } from "./account";
import { useTold } from "./told";

/** Where the identity provider returns to. */
export function CallbackPage() {
  const { t } = useTranslation();
  const told = useTold();
  const navigate = useNavigate();
  const language = useLanguage();
  const [problem, setProblem] = useState<Problem>();
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    finishSignIn(language).then(
      ({ caso }) =>
        void (caso ? navigate({ to: "/casos/$caseId", params: { caseId: caso }, replace: true }) : navigate({ to: "/casos", replace: true })),
      // A reloaded, forged or broken-off sign-in: it begins anew.
      (error: unknown) => setProblem(error instanceof Problem ? error : new Problem(400, { detail: t("account.failed") })),
    );
  }, [language, navigate, t]);
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("account.title")}</PageHeading>
      {problem ? (
        <>
          <ProblemAlert error={told(problem)} />
          <Link to="/ingresar" className="link tap">
            {t("account.again")}
          </Link>
        </>
      ) : (
        <p role="status">{t("account.wait")}</p>
      )}
    </div>
  );
}
