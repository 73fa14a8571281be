import { Select, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cityQueries, useCatalogue } from "../../data/city";
import { Loading } from "../board/states";
import classes from "./Counter.module.css";
import type { Receipt } from "./queries";
import { ReceiptPanel } from "./ReceiptPanel";
import { SheetForm } from "./SheetForm";

interface Props {
  /** What the turn is about, as the kiosk was told. */
  topic: string;
  onOpened: (caseId: string) => void;
  onNext: () => void;
}

/** A case for the person at the window: the procedure, its form, and the paper that they take along. */
export function CaseForWindow({ topic, onOpened, onNext }: Props) {
  const { t, i18n } = useTranslation();
  const { procedures } = useCatalogue();
  const [chosen, setChosen] = useState<string | null>(null);
  const [receipt, setReceipt] = useState<Receipt>();
  const code = chosen ?? (procedures.some((one) => one.id === topic) ? topic : null);
  const { data, isFetching } = useQuery({ ...cityQueries.procedure(code ?? "", i18n.language), enabled: code !== null });
  if (receipt) return <ReceiptPanel receipt={receipt} procedureName={data?.name ?? ""} onNext={onNext} />;
  return (
    <section className={classes.panel} aria-labelledby="caso-nuevo">
      <Title order={2} size="h4" id="caso-nuevo">
        {t("counter.newCase")}
      </Title>
      <Select
        size="sm"
        searchable
        label={t("counter.procedure")}
        description={t("counter.procedureHelp")}
        placeholder={t("case.choose")}
        nothingFoundMessage={t("counter.noProcedure")}
        value={code}
        data={procedures.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setChosen}
      />
      {code && isFetching && !data ? <Loading /> : null}
      {code && data ? (
        <>
          <Text size="sm">{data.description}</Text>
          <SheetForm
            key={code}
            procedure={data}
            onSent={(told) => {
              setReceipt(told);
              onOpened(told.case_id);
            }}
          />
        </>
      ) : null}
    </section>
  );
}
