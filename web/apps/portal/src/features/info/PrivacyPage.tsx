import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import { PageHeading } from "../../app/PageHeading";

export function PrivacyPage() {
  const { t } = useTranslation();
  const city = useCity().data;
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("shell.privacy")}</PageHeading>
      <p>{t("privacy.intro", { city: city?.name ?? "" })}</p>
      {(["why", "who", "long", "device", "rights"] as const).map((one) => (
        <section key={one}>
          <h2>{t(`privacy.${one}Title`)}</h2>
          <p>{t(`privacy.${one}`)}</p>
        </section>
      ))}
      <p>{city ? t("privacy.contact", { email: city.email, address: city.address }) : null}</p>
    </div>
  );
}
