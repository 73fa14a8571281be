import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeading } from "./PageHeading";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("notFound.title")}</PageHeading>
      <p>{t("notFound.help")}</p>
      <p>
        <Link to="/" className="link tap">{t("notFound.home")}</Link>
      </p>
    </div>
  );
}
