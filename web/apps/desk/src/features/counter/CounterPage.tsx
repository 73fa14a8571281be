import { NativeSelect, Stack, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePageTitle } from "../../app/title";
import { useSession } from "../../auth/context";
import { useCatalogue } from "../../data/city";
import { Loading } from "../board/states";
import { CaseForWindow } from "./CaseForWindow";
import classes from "./Counter.module.css";
import { usePlace, type Place } from "./place";
import { turnsQuery } from "./queries";
import { TurnPanel } from "./TurnPanel";

/** The window where people come: their turn on one side, their matter on the other. */
export function CounterPage() {
  const { t } = useTranslation();
  const [place, setPlace] = usePlace();
  usePageTitle(t("counter.title"));
  return (
    <Stack className={classes.page} gap="md">
      <Title order={1} size="h3" tabIndex={-1} className={classes.noPrint}>
        {t("counter.title")}
      </Title>
      {place ? <Window place={place} onPlace={setPlace} /> : <Loading />}
    </Stack>
  );
}

function Window({ place, onPlace }: { place: Place; onPlace: (place: Place) => void }) {
  const { subject } = useSession();
  // Each person at the window has a form of their own; nothing of the one before is left in it.
  const [person, setPerson] = useState(1);
  const [caseId, setCaseId] = useState<string | null>(null);
  const turns = useQuery(turnsQuery(place.unit)).data?.items;
  const topic = turns?.find((turn) => turn.agent_id === subject && turn.status === "attending")?.topic ?? "";
  const next = () => {
    setPerson(person + 1);
    setCaseId(null);
  };
  return (
    <div className={classes.columns}>
      <Stack gap="md" className={classes.noPrint}>
        <PlaceFields place={place} onChange={onPlace} />
        <TurnPanel place={place} caseId={caseId} onFinished={next} />
      </Stack>
      <CaseForWindow key={person} topic={topic} onOpened={setCaseId} onNext={next} />
    </div>
  );
}

function PlaceFields({ place, onChange }: { place: Place; onChange: (place: Place) => void }) {
  const { t } = useTranslation();
  const { units: mine } = useSession();
  const { units } = useCatalogue();
  const own = mine.map((id) => ({ value: id, label: units.find((unit) => unit.id === id)?.name ?? id }));
  return (
    <section className={classes.panel} aria-labelledby="puesto">
      <Title order={2} size="h4" id="puesto">
        {t("counter.place")}
      </Title>
      <NativeSelect size="sm" label={t("counter.unit")} value={place.unit} data={own} onChange={({ currentTarget: { value } }) => onChange({ ...place, unit: value })} />
      <TextInput
        size="sm"
        label={t("counter.desk")}
        description={t("counter.deskHelp")}
        maxLength={40}
        value={place.desk}
        onChange={({ currentTarget: { value } }) => onChange({ ...place, desk: value })}
      />
    </section>
  );
}
