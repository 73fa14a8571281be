import { ProblemAlert } from "@atiende/ui";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { PageHeading } from "../../app/PageHeading";
import { useFormat } from "../../app/useFormat";
import { Choice } from "./Choice";
import styles from "./Figures.module.css";
import { cityOf, figuresQuery, fileAddress, linesOf, PERIODS, VIEWS } from "./figures";
import { FiguresChart } from "./FiguresChart";
import { FiguresTable } from "./FiguresTable";
import { Method } from "./Method";
import { Whole } from "./Whole";
import { Withheld } from "./Withheld";

/** How fast the city answers, for everybody, with the file to work it out again. */
export function FiguresPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { dias = 30, por = "unidad" } = useSearch({ from: "/shell/cifras" });
  const query = useQuery(figuresQuery(dias));
  const page = query.data;
  const lines = linesOf(page?.figures ?? [], por);
  const whole = page && cityOf(page.figures);
  const choose = (chosen: { dias?: typeof dias; por?: typeof por }) =>
    void navigate({ to: "/cifras", search: { dias, por, ...chosen }, replace: true, resetScroll: false });
  return (
    <div className="wrap page">
      <PageHeading>{t("shell.figures")}</PageHeading>
      <p className="narrow">{t("figures.lead")}</p>
      <div className={`${styles.choices} no-print`}>
        <Choice legend={t("figures.period")} name="dias" options={PERIODS} value={dias} say={(one) => t("figures.days", { count: one })} onChoose={(one) => choose({ dias: one })} />
        <Choice legend={t("figures.by")} name="por" options={VIEWS} value={por} say={(one) => t(`figures.view.${one}`)} onChoose={(one) => choose({ por: one })} />
      </div>
      {query.error ? <ProblemAlert error={query.error} onRetry={() => void query.refetch()} /> : null}
      <p role="status" className={styles.status}>
        {query.isPending || query.isPlaceholderData ? t("common.loading") : page?.publish_time ? t("figures.published", { when: format.dateTime(page.publish_time), count: page.days }) : null}
      </p>
      {page && !page.publish_time ? <p>{t("figures.notYet")}</p> : null}
      {page?.publish_time && !whole ? <p>{t("figures.nothing", { count: page.smallest_group })}</p> : null}
      {page && whole ? (
        <div aria-busy={query.isPlaceholderData}>
          <Whole figure={whole} />
          <section aria-labelledby="detalle">
            <h2 id="detalle">{t(`figures.title.${por}`)}</h2>
            <FiguresTable caption={t(`figures.title.${por}`)} lines={lines} least={page.smallest_group} view={por} />
            <Withheld figures={page.figures} least={page.smallest_group} view={por} />
            <FiguresChart lines={lines} />
          </section>
        </div>
      ) : null}
      <section aria-labelledby="archivo">
        <h2 id="archivo">{t("figures.fileTitle")}</h2>
        <p className="narrow">{t("figures.file")}</p>
        <a className={styles.download} href={fileAddress(dias)} download>
          <Icon name="download" />
          {t("figures.download", { count: dias })}
        </a>
      </section>
      <Method formula={page?.formula} least={page?.smallest_group ?? 10} />
    </div>
  );
}
