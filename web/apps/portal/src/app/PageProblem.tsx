import { ProblemAlert } from "@atiende/ui";
import { PageHeading } from "./PageHeading";
import { useTranslation } from "react-i18next";

/** Shown instead of a page that broke, also when its file did not arrive. */
export function PageProblem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("problem.title")}</PageHeading>
      <ProblemAlert error={error} onRetry={() => location.reload()} />
    </div>
  );
}
