import { dataOf } from "@atiende/api";
import { Button, Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { Icon } from "../../app/Icon";
import { PageHeading } from "../../app/PageHeading";
import { useFormat } from "../../app/useFormat";
import { useLanguage } from "../../app/useLanguage";
import { trackingAddress } from "../cases/trackingAddress";
import { QrCode } from "./QrCode";
import styles from "./Receipt.module.css";
import type { ShownReceipt } from "./useReceipt";

const ASK_EVERY_MS = 1500;

/** The proof that the city has it: folio and secret, the times that count, and what happens next. */
export function ReceiptPage() {
  const { t } = useTranslation();
  const receipt = useLocation().state.receipt;
  if (receipt) return <ReceiptView receipt={receipt} />;
  return (
    <div className="wrap page narrow">
      <PageHeading>{t("receipt.goneTitle")}</PageHeading>
      <p>{t("receipt.gone")}</p>
      <Link to="/seguimiento" className="link tap">{t("shell.followCase")}</Link>
    </div>
  );
}

/** The case is opened a moment after it was taken; until then it has no folio. */
function useFolio(receipt: ShownReceipt) {
  const language = useLanguage();
  return useQuery({
    queryKey: ["receipt", receipt.case_id],
    queryFn: async () => {
      await dataOf(api.cases.POST("/api/cases/v1/citizen/sessions", { body: { reference: receipt.case_id, secret: receipt.secret } }));
      const path = { case_id: receipt.case_id };
      return dataOf(api.cases.GET("/api/cases/v1/citizen/cases/{case_id}", { params: { path, query: { language } } }));
    },
    refetchInterval: ({ state }) => (state.data?.folio ? false : ASK_EVERY_MS),
    retry: true,
    retryDelay: ASK_EVERY_MS,
  });
}

function ReceiptView({ receipt }: { receipt: ShownReceipt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [said, setSaid] = useState("");
  const own = useFolio(receipt).data;
  const folio = own?.folio ?? undefined;
  const address = folio ? trackingAddress(folio, receipt.secret) : undefined;
  const canShare = "share" in navigator;
  const share = async () => {
    const text = t("receipt.shared", { folio, secret: receipt.secret, name: receipt.procedureName });
    if (canShare) {
      await navigator.share({ title: t("receipt.title"), text }).catch(() => undefined);
      return;
    }
    await navigator.clipboard.writeText(text).then(() => setSaid(t("receipt.copied")), () => setSaid(t("receipt.notCopied")));
  };
  return (
    <div className="wrap page narrow">
      <div className={styles.panel}>
        <Icon name="check" size={40} />
        <PageHeading>{t("receipt.title")}</PageHeading>
        <p>{receipt.procedureName}</p>
        <dl className={styles.codes}>
          <div>
            <dt>{t("receipt.folio")}</dt>
            <dd aria-live="polite">{folio ?? <><Loader size="xs" color="currentColor" /> {t("receipt.makingFolio")}</>}</dd>
          </div>
          <div>
            <dt>{t("receipt.secret")}</dt>
            <dd>{receipt.secret}</dd>
          </div>
        </dl>
        <p>{t(receipt.sentTo ? `receipt.kept.${receipt.sentTo}` : "receipt.kept.none")}</p>
      </div>
      <div className={`${styles.actions} no-print`}>
        <Button leftSection={<Icon name="print" />} variant="default" onClick={() => print()}>{t("receipt.print")}</Button>
        <Button leftSection={<Icon name="share" />} variant="default" disabled={!folio} onClick={() => void share()}>
          {t(canShare ? "receipt.share" : "receipt.copy")}
        </Button>
        <span role="status">{said}</span>
      </div>
      <section>
        <h2>{t("receipt.times")}</h2>
        <dl className={styles.times}>
          <div>
            <dt>{t("receipt.received")}</dt>
            <dd>{format.dateTime(receipt.receive_time)}</dd>
          </div>
          {receipt.out_of_hours ? (
            <div>
              <dt>{t("receipt.counts")}</dt>
              <dd>{format.dateTime(receipt.legal_time)}</dd>
            </div>
          ) : null}
          {receipt.due_time ? (
            <div>
              <dt>{t("receipt.due")}</dt>
              <dd>{format.date(receipt.due_time)}</dd>
            </div>
          ) : null}
        </dl>
        {receipt.out_of_hours ? <p>{t("receipt.outOfHours")}</p> : null}
      </section>
      <section>
        <h2>{t("receipt.next")}</h2>
        <ol>
          <li>{own?.unit ? t("receipt.next1Unit", { unit: own.unit.name }) : t("receipt.next1")}</li>
          <li>{t(receipt.sentTo ? "receipt.next2" : "receipt.next2None")}</li>
          <li>{t("receipt.next3")}</li>
        </ol>
        <p className="no-print">
          <Link to="/casos/$caseId" params={{ caseId: receipt.case_id }} className="link tap">{t("receipt.see")}</Link>
        </p>
      </section>
      {address ? (
        <figure className={styles.qr}>
          <QrCode text={address} label={t("receipt.qrAlt")} />
          <figcaption>{t("receipt.qr")}</figcaption>
        </figure>
      ) : null}
    </div>
  );
}
