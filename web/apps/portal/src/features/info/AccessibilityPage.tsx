import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import { PageHeading } from "../../app/PageHeading";

export function AccessibilityPage() {
  const { t } = useTranslation();
  const city = useCity().data;
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("shell.accessibility")}</PageHeading>
      <p>{t("accessibility.intro")}</p>
      <h2>{t("accessibility.whatTitle")}</h2>
      <ul>
        {(["keyboard", "reader", "zoom", "contrast", "motion", "time"] as const).map((one) => (
          <li key={one}>{t(`accessibility.what.${one}`)}</li>
        ))}
      </ul>
      <h2>{t("accessibility.otherWaysTitle")}</h2>
      <p>{t("accessibility.otherWays")}</p>
      <h2>{t("accessibility.knownTitle")}</h2>
      <ul>
        <li>{t("accessibility.known.map")}</li>
        <li>{t("accessibility.known.files")}</li>
      </ul>
      <h2>{t("accessibility.tellTitle")}</h2>
      <p>{city ? t("accessibility.tell", { email: city.email, phone: city.phone }) : null}</p>
    </div>
  );
}
