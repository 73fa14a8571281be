import { DataTable, ProblemAlert, type Column } from "@atiende/ui";
import { Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "../board/Page";
import board from "../board/Page.module.css";
import { useUnitNames } from "../board/release";
import { Blank, Loading } from "../board/states";
import { shortUnit } from "../../parts/unit";
import { NewPerson } from "./NewPerson";
import { peopleOptions, type Person } from "./queries";

const WAIT_MS = 300;

/** The staff of the city: who they are, what they may do, and where. */
export function PeoplePage() {
  const { t } = useTranslation();
  const units = useUnitNames();
  const [words, setWords] = useState("");
  const [asked] = useDebouncedValue(words.trim(), WAIT_MS);
  const people = useQuery(peopleOptions(asked));
  const columns: Column<Person>[] = [
    {
      key: "name",
      title: t("people.name"),
      name: true,
      cell: (one) => (
        <>
          <Link to="/personas/$person" params={{ person: one.id }} className={board.link}>
            {`${one.first_name} ${one.last_name}`}
          </Link>
          <br />
          <span className={board.quiet}>{one.username}</span>
        </>
      ),
    },
    { key: "roles", title: t("people.roles"), cell: (one) => one.roles.map((role) => t(`shell.role.${role}`)).join(", ") },
    { key: "units", title: t("people.units"), wide: true, cell: (one) => one.units.map((unit) => shortUnit(units.get(unit) ?? unit)).join(", ") || t("common.none") },
    { key: "state", title: t("people.state"), cell: (one) => t(one.enabled ? (one.must_change_password ? "people.invited" : "people.active") : "people.disabled") },
  ];
  return (
    <Page title={t("people.title")} tools={<NewPerson />}>
      <TextInput type="search" label={t("people.search")} value={words} maxLength={100} maw={420} onChange={(event) => setWords(event.currentTarget.value)} />
      {people.error && !people.data ? <ProblemAlert error={people.error} onRetry={() => void people.refetch()} /> : null}
      {people.isPending ? <Loading /> : null}
      {people.data ? (
        <Text size="sm" role="status">
          {t("people.count", { count: people.data.length })}
        </Text>
      ) : null}
      {people.data?.length === 0 ? <Blank title={t("people.none")} text={t("people.noneText")} /> : null}
      {people.data && people.data.length > 0 ? <DataTable caption={t("people.title")} hideCaption rows={people.data} rowKey={(one) => one.id} columns={columns} /> : null}
    </Page>
  );
}
