import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { useFormat } from "../../app/useFormat";
import { clock, groupedHours, type DayGroup, type Office } from "./hours";
import styles from "./Procedure.module.css";

/** Where people may go, and when somebody is there. */
export function Offices({ offices }: { offices: readonly Office[] }) {
  return (
    <ul className={`plain-list ${styles.offices}`}>
      {offices.map((one) => (
        <OfficeCard key={one.id} office={one} />
      ))}
    </ul>
  );
}

function OfficeCard({ office }: { office: Office }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li>
      <h3>{office.name}</h3>
      <p className={styles.now}>
        <span className={office.open_now ? styles.open : styles.closed}>{t(office.open_now ? "contact.openNow" : "contact.closedNow")}</span>{" "}
        {office.next_opening ? t("procedure.opens", { when: format.dateTime(office.next_opening) }) : null}
      </p>
      <ul className="plain-list">
        <li className="tap"><Icon name="place" /> {office.address}</li>
        <li><a className="link tap" href={`tel:${office.phone.replaceAll(" ", "")}`}><Icon name="phone" /> {office.phone}</a></li>
        <li><a className="link tap" href={`mailto:${office.email}`}><Icon name="mail" /> {office.email}</a></li>
      </ul>
      <dl className={styles.hours}>
        {groupedHours(office.hours).map((group) => (
          <Hours key={group.first} group={group} />
        ))}
      </dl>
    </li>
  );
}

function Hours({ group }: { group: DayGroup }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language === "en" ? "en" : "es-CO";
  const first = t(`procedure.weekday.${group.first}`);
  const last = t(`procedure.weekday.${group.last}`);
  return (
    <div>
      <dt>{group.first === group.last ? first : t("procedure.weekdays", { first, last: locale === "en" ? last : last.toLocaleLowerCase("es") })}</dt>
      <dd>
        {group.spans.length === 0
          ? t("procedure.closedDay")
          : group.spans.map((span) => t("procedure.span", { opens: clock(locale, span.opens), closes: clock(locale, span.closes) })).join(t("procedure.and"))}
      </dd>
    </div>
  );
}
