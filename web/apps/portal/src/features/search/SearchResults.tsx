import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useCity } from "../../app/city";
import { Icon } from "../../app/Icon";
import type { TypedFolio } from "./folio";
import type { Hits, Pieces } from "./search";
import styles from "./SearchBox.module.css";

interface Found extends Hits {
  folio: TypedFolio | undefined;
  isEmpty: boolean;
}

export function SearchResults({ folio, procedures, answers, isEmpty }: Found) {
  const { t } = useTranslation();
  const phone = useCity().data?.phone;
  if (folio) {
    return (
      <div className={styles.results}>
        <Link to="/seguimiento" hash={folio.folio} className={styles.folio}>
          <Icon name="arrow" />
          <span>
            <strong>{t("search.followFolio", { folio: folio.folio })}</strong>
            <small>{t(folio.isRight ? "search.needsSecret" : "search.folioSlip")}</small>
          </span>
        </Link>
      </div>
    );
  }
  if (isEmpty) {
    return (
      <div className={styles.results}>
        <p>{t("search.nothing")}</p>
        <p>
          <Link className="link" to="/tramites">{t("search.seeAll")}</Link>
          {phone ? ` ${t("search.orCall", { phone })}` : null}
        </p>
      </div>
    );
  }
  if (procedures.length + answers.length === 0) return null;
  return (
    <div className={styles.results}>
      {procedures.length > 0 ? (
        <>
          <h2>{t("search.procedures")}</h2>
          <ul className="plain-list">
            {procedures.map((one) => (
              <li key={one.code}>
                <Link to="/tramites/$code" params={{ code: one.code }} className={styles.hit}>
                  <strong><Marked pieces={one.name} /></strong>
                  <small><Marked pieces={one.text} /></small>
                </Link>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {answers.length > 0 ? (
        <>
          <h2>{t("search.answers")}</h2>
          {answers.map((one) => (
            <details key={one.key} className={styles.answer}>
              <summary><Marked pieces={one.question} /></summary>
              <p>{one.answer}</p>
              {one.procedure ? (
                <Link className="link tap" to="/tramites/$code" params={{ code: one.procedure }}>
                  {t("search.itsProcedure")}
                </Link>
              ) : null}
            </details>
          ))}
        </>
      ) : null}
    </div>
  );
}

/** A text with the words that were looked for marked in it. */
function Marked({ pieces }: { pieces: Pieces }) {
  return pieces.map((piece, at) => (piece.hit ? <mark key={at}>{piece.text}</mark> : piece.text));
}
