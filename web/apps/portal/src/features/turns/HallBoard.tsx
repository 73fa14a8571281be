import { Problem } from "@atiende/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { useFormat } from "../../app/useFormat";
import { callId, newCalls } from "./calls";
import styles from "./Hall.module.css";
import { boardQuery, type Board, type Called } from "./queries";
import { useSteady } from "./useSteady";

/** Calls that stay in sight, the last one largest. */
const SHOWN = 6;
const NEW_MS = 15_000;

/** Numbers and desks for everybody in a hall, large and live; the last call is also said to who cannot see it. */
export function HallBoard({ unit }: { unit: string }) {
  const { t } = useTranslation();
  const { data, error } = useQuery(boardQuery(unit));
  const { said, fresh } = useCalls(data);
  useSteady();
  if (!data && error instanceof Problem && error.status === 404) {
    return (
      <main id="contenido" className="wrap page narrow">
        <PageHeading>{t("turns.unknown")}</PageHeading>
        <Link to="/turnos" className="link tap">
          {t("turns.which")}
        </Link>
      </main>
    );
  }
  return (
    <main id="contenido" className={styles.hall}>
      <header className={styles.head}>
        <h1>{data?.unit_name ?? t("turns.title")}</h1>
        <Clock />
      </header>
      {/* Said once by itself; the list below would be read whole at every change. */}
      <p role="status" className="visually-hidden">
        {said}
      </p>
      {error ? (
        <p className={styles.stale} role="alert">
          {t("turns.stale")}
        </p>
      ) : null}
      {data ? <Numbers board={data} fresh={fresh} /> : <p className={styles.empty}>{t("common.loading")}</p>}
    </main>
  );
}

function Numbers({ board, fresh }: { board: Board; fresh: ReadonlySet<string> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const called = board.called.slice(0, SHOWN);
  return (
    <div className={styles.columns}>
      <section aria-labelledby="llamados" className={styles.calls}>
        <h2 id="llamados">{t("turns.called")}</h2>
        {called.length === 0 ? <p className={styles.empty}>{t("turns.none")}</p> : null}
        <ol className="plain-list">
          {called.map((one) => (
            <CalledLine key={one.ticket} called={one} fresh={fresh.has(callId(one))} />
          ))}
        </ol>
      </section>
      <section aria-labelledby="siguen" className={styles.next}>
        <h2 id="siguen">{t("turns.upcoming")}</h2>
        <ol className="plain-list">
          {board.upcoming.map((ticket) => (
            <li key={ticket}>{ticket}</li>
          ))}
        </ol>
        <p>{t("turns.waiting", { count: board.waiting })}</p>
        {board.expected_wait_seconds === null ? null : <p>{t("turns.wait", { span: format.span(board.expected_wait_seconds) })}</p>}
      </section>
    </div>
  );
}

function CalledLine({ called, fresh }: { called: Called; fresh: boolean }) {
  const { t } = useTranslation();
  return (
    <li className={styles.call} data-fresh={fresh} data-status={called.status}>
      <span className={styles.ticket}>{called.ticket}</span>
      <span className={styles.desk}>{called.desk}</span>
      {called.status === "attending" ? <span className={styles.state}>{t("turns.attending")}</span> : null}
    </li>
  );
}

/** What is new on the board: in words, and for a while in colour. */
function useCalls(board: Board | undefined): { said: string; fresh: ReadonlySet<string> } {
  const { t } = useTranslation();
  const [said, setSaid] = useState("");
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const seen = useRef<ReadonlySet<string>>(undefined);
  useEffect(() => {
    if (!board) return;
    const calls = newCalls(seen.current, board.called);
    seen.current = new Set(board.called.map(callId));
    if (calls.length === 0) return;
    setSaid(calls.map((one) => t("turns.say", { ticket: one.ticket, desk: one.desk })).join(" "));
    setFresh(new Set(calls.map(callId)));
  }, [board, t]);
  useEffect(() => {
    if (fresh.size === 0) return;
    const timer = setTimeout(() => setFresh(new Set()), NEW_MS);
    return () => clearTimeout(timer);
  }, [fresh]);
  return { said, fresh };
}

function Clock() {
  const format = useFormat();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 5_000);
    return () => clearInterval(timer);
  }, []);
  const time = now.toISOString();
  return (
    <time dateTime={time} className={styles.clock}>
      {format.time(time)}
    </time>
  );
}
