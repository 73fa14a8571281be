import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { sessionQuery } from "../cases/session";
import { useKioskUnit } from "../kiosk/mode";
import { AccountWays } from "./AccountWays";
import { AddressForm } from "./AddressForm";
import { keepChallenge, keptChallenge, type Challenge, type Claim } from "./challenge";
import { CodeForm } from "./CodeForm";
import styles from "./Own.module.css";

/** The way to all of one's cases: an address, and the code that was sent to it. */
export function EnterPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { caso } = useSearch({ from: "/shell/ingresar" });
  const [challenge, setChallenge] = useState(keptChallenge);
  const [before, setBefore] = useState<Claim>();
  const [isAgain, setAgain] = useState(false);
  const isKiosk = useKioskUnit() !== undefined;
  const session = useQuery(sessionQuery).data;
  const show = (next: Challenge | null) => {
    keepChallenge(next);
    setChallenge(next);
  };
  const enter = () => {
    keepChallenge(null);
    void (caso ? navigate({ to: "/casos/$caseId", params: { caseId: caso }, replace: true }) : navigate({ to: "/casos", replace: true }));
  };
  if (challenge) {
    return (
      <div className="wrap page narrow">
        <PageHeading key="code">{t("enter.codeTitle")}</PageHeading>
        <p role="status" className={styles.quiet}>
          {isAgain ? t("enter.sentAgain") : ""}
        </p>
        <CodeForm
          challenge={challenge}
          onProved={enter}
          onAgain={(next) => {
            setAgain(true);
            show(next);
          }}
          onOther={() => {
            setAgain(false);
            setBefore(challenge);
            show(null);
          }}
        />
      </div>
    );
  }
  return (
    <div className="wrap page narrow">
      <PageHeading key="address">{t("enter.title")}</PageHeading>
      <p>{t("enter.lead")}</p>
      {session && session.assurance !== "case" ? (
        <p className={styles.note}>
          <Link to="/casos" className="link tap">
            {t("enter.goOn")}
          </Link>
        </p>
      ) : null}
      <AddressForm before={before} onSent={show} />
      <section className={styles.resend}>
        <h2>{t("enter.otherWays")}</h2>
        <ul className={`plain-list ${styles.ways}`}>
          <li>
            <Link to="/seguimiento" {...(caso ? { hash: caso } : {})} className="link tap">
              {t("enter.byReceipt")}
            </Link>
            <p>{t("enter.byReceiptHelp")}</p>
          </li>
          {/* At a kiosk the identity provider would still know the last person. */}
          {isKiosk ? null : <AccountWays caso={caso} />}
        </ul>
      </section>
    </div>
  );
}
