import { ProblemAlert } from "@atiende/ui";
import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../app/PageHeading";
import { HallBoard } from "./HallBoard";
import { officesQuery } from "./queries";

/** The board of a waiting hall; without a unit it asks which hall this is. */
export function HallPage() {
  const { unidad } = useSearch({ from: "/turnos" });
  return unidad ? <HallBoard unit={unidad} /> : <ChooseHall />;
}

function ChooseHall() {
  const { t, i18n } = useTranslation();
  const { data, error, refetch } = useQuery(officesQuery(i18n.language));
  return (
    <main id="contenido" className="wrap page narrow">
      <PageHeading>{t("turns.which")}</PageHeading>
      <p>{t("turns.whichHelp")}</p>
      {error ? <ProblemAlert error={error} onRetry={() => void refetch()} /> : null}
      {data || error ? null : <Loader aria-label={t("common.loading")} />}
      <ul>
        {(data?.items ?? []).map((office) => (
          <li key={office.id}>
            <Link to="/turnos" search={{ unidad: office.id }} className="link tap">
              {office.name}
            </Link>
          </li>
        ))}
      </ul>
    </main>
  );
}
