import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import { Icon, type IconName } from "../../app/Icon";
import { WaitNow } from "./WaitNow";
import styles from "./Home.module.css";

/** Every way to reach the city, the ones without a screen among them. */
export function ContactWays() {
  const { t } = useTranslation();
  const city = useCity().data;
  if (!city) return null;
  const number = (text: string) => text.replace(/[^\d+]/g, "");
  const ways: { icon: IconName; name: string; shown: string; href?: string; note: string }[] = [
    { icon: "phone", name: t("contact.phone"), shown: city.phone, href: `tel:${number(city.phone)}`, note: t("contact.phoneNote") },
    {
      icon: "whatsapp", name: t("contact.whatsapp"), shown: city.whatsapp, note: t("contact.anyHour"),
      href: `https://wa.me/${number(city.whatsapp).replace("+", "")}`,
    },
    { icon: "mail", name: t("contact.email"), shown: city.email, href: `mailto:${city.email}`, note: t("contact.anyHour") },
    { icon: "place", name: t("contact.counter"), shown: city.address, note: t("contact.counterNote") },
  ];
  return (
    <section aria-labelledby="contacto" className={styles.section}>
      <h2 id="contacto">{t("contact.title")}</h2>
      <WaitNow />
      <ul className={`plain-list ${styles.ways}`}>
        {ways.map((way) => (
          <li key={way.icon}>
            <Icon name={way.icon} size={26} />
            <div>
              <h3>{way.name}</h3>
              {way.href ? (
                <a className="link tap" href={way.href} rel="noopener noreferrer">
                  {way.shown}
                </a>
              ) : (
                <p>{way.shown}</p>
              )}
              <small>{way.note}</small>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
