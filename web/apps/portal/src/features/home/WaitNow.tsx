import { dataOf } from "@atiende/api";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { useFormat } from "../../app/useFormat";
import { useLanguage } from "../../app/useLanguage";
import styles from "./Home.module.css";

export const waitQuery = (language: string) =>
  queryOptions({
    queryKey: ["wait", language],
    queryFn: () => dataOf(api.routing.GET("/api/routing/v1/public/wait", { params: { query: { language } } })),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });

/** Whether somebody is there now and how long it takes; silent when that is not known. */
export function WaitNow() {
  const { t } = useTranslation();
  const language = useLanguage();
  const format = useFormat();
  const wait = useQuery(waitQuery(language)).data;
  if (!wait) return <p className={styles.wait}>{"\u00a0"}</p>;
  const expected = wait.expected_wait_seconds;
  return (
    <p className={styles.wait}>
      <span className={wait.open_now ? styles.open : styles.closed}>{t(wait.open_now ? "contact.openNow" : "contact.closedNow")}</span>{" "}
      {wait.open_now
        ? expected === null ? t("contact.someoneAnswers") : expected < 60 ? t("contact.atOnce") : t("contact.waitAbout", { span: format.span(expected) })
        : wait.next_opening ? t("contact.opens", { when: format.dateTime(wait.next_opening) }) : null}
    </p>
  );
}
