import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCity } from "./city";
import { Icon } from "./Icon";
import styles from "./Shell.module.css";

export function Footer() {
  const { t } = useTranslation();
  const city = useCity().data;
  return (
    <footer className={styles.footer}>
      <div className="wrap">
        <section>
          <h2>{city?.name ?? t("shell.contact")}</h2>
          {city ? (
            <ul className="plain-list">
              <li>
                <Icon name="phone" /> <a className="tap" href={`tel:${city.phone.replaceAll(" ", "")}`}>{city.phone}</a>
              </li>
              <li>
                <Icon name="mail" /> <a className="tap" href={`mailto:${city.email}`}>{city.email}</a>
              </li>
              <li>
                <Icon name="place" /> {city.address}
              </li>
            </ul>
          ) : null}
        </section>
        <nav aria-label={t("shell.moreNavigation")}>
          <h2>{t("shell.service")}</h2>
          <ul className="plain-list">
            <li><Link className="tap" to="/tramites">{t("shell.procedures")}</Link></li>
            <li><Link className="tap" to="/seguimiento">{t("shell.followCase")}</Link></li>
            <li><Link className="tap" to="/preguntas">{t("shell.faq")}</Link></li>
          </ul>
        </nav>
        <nav aria-label={t("shell.legalNavigation")}>
          <h2>{t("shell.aboutSite")}</h2>
          <ul className="plain-list">
            <li><Link className="tap" to="/cifras">{t("shell.figures")}</Link></li>
            <li><Link className="tap" to="/accesibilidad">{t("shell.accessibility")}</Link></li>
            <li><Link className="tap" to="/datos-personales">{t("shell.privacy")}</Link></li>
          </ul>
        </nav>
      </div>
    </footer>
  );
}
