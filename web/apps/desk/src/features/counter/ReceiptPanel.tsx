import { IconCheckCircle } from "@atiende/ui";
import { Button, Group, Loader, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { cityQueries, useTimeZone } from "../../data/city";
import { fullTime } from "../../format/time";
import classes from "./Counter.module.css";
import { folioQuery, type Receipt } from "./queries";

interface Props {
  receipt: Receipt;
  procedureName: string;
  onNext: () => void;
}

/** What the person takes along: folio, secret, and until when they are owed an answer. */
export function ReceiptPanel({ receipt, procedureName, onNext }: Props) {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const city = useQuery(cityQueries.city(i18n.language)).data;
  const { data } = useQuery(folioQuery(receipt.case_id));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const when = (time: string) => fullTime(time, i18n.language, timeZone);
  return (
    <section className={`${classes.panel} ${classes.receipt}`} aria-labelledby="recibo">
      <Title order={2} size="h4" id="recibo" tabIndex={-1} ref={heading}>
        <IconCheckCircle size={20} /> {t("counter.receipt.title")}
      </Title>
      <Text>
        {city?.name} · {data?.procedure_name ?? procedureName}
        {data ? ` · ${data.unit_name}` : ""}
      </Text>
      <dl className={classes.codes}>
        <div>
          <dt>{t("counter.receipt.folio")}</dt>
          <dd aria-live="polite">
            {data?.folio ?? (
              <>
                <Loader size="xs" /> {t("counter.receipt.making")}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{t("counter.receipt.secret")}</dt>
          <dd>{receipt.secret}</dd>
        </div>
      </dl>
      <Text size="sm">{t("counter.receipt.keep")}</Text>
      <Text size="sm">{t("counter.receipt.received", { time: when(receipt.receive_time) })}</Text>
      {receipt.out_of_hours ? <Text size="sm">{t("counter.receipt.counts", { time: when(receipt.legal_time) })}</Text> : null}
      {receipt.due_time ? <Text size="sm">{t("counter.receipt.due", { time: when(receipt.due_time) })}</Text> : null}
      <Text size="sm">{t("counter.receipt.follow", { address: `${location.origin}/seguimiento` })}</Text>
      <Group gap="xs" className={classes.noPrint}>
        <Button size="sm" onClick={() => print()} disabled={!data}>
          {t("counter.receipt.print")}
        </Button>
        {data?.in_sight ? (
          <Button size="sm" variant="default" renderRoot={(props) => <Link to="/casos/$caseId" params={{ caseId: data.case_id }} {...props} />}>
            {t("counter.receipt.open")}
          </Button>
        ) : null}
        <Button size="sm" variant="default" onClick={onNext}>
          {t("counter.receipt.next")}
        </Button>
      </Group>
    </section>
  );
}
