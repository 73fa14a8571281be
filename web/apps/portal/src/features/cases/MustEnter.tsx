import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";

/** The session is over, or it never showed that this is the visitor's. */
export function MustEnter({ isInside = false }: { isInside?: boolean }) {
  const { t } = useTranslation();
  const what = (
    <>
      <p>{t(isInside ? "own.notYours" : "own.over")}</p>
      <p>
        <Link to="/ingresar" className="link tap">{t("own.enterByCode")}</Link>
      </p>
      <p>
        <Link to="/seguimiento" className="link tap">{t("own.byReceipt")}</Link>
      </p>
    </>
  );
  if (isInside) return what;
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("own.overTitle")}</PageHeading>
      {what}
    </div>
  );
}
