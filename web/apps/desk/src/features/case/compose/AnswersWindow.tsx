import { Combobox, Modal, Text, TextInput, useCombobox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../../data/cases";
import type { Suggestion } from "../../../data/types";
import classes from "./AnswersWindow.module.css";
import { matching, topicsOf } from "./answers";

interface Props {
  caseId: string;
  opened: boolean;
  onClose: () => void;
  onChosen: (text: string) => void;
}

/** The city's approved answers by topic, those that fit the case in front; the keyboard alone finds and takes one. */
export function AnswersWindow({ caseId, opened, onClose, onChosen }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("case.answers.title")}
      size="lg"
      // The keyboard goes back to the text, whatever opened the window.
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {opened ? <Answers caseId={caseId} onChosen={onChosen} /> : null}
    </Modal>
  );
}

function Answers({ caseId, onChosen }: Pick<Props, "caseId" | "onChosen">) {
  const { t } = useTranslation();
  const { data, isPending } = useQuery(caseQueries.suggestions(caseId));
  const [sought, setSought] = useState("");
  const combobox = useCombobox({ opened: true });
  const found = matching(data?.items ?? [], sought);
  const take = (id: string) => {
    const chosen = found.find((one) => idOf(one) === id);
    if (chosen) onChosen(chosen.text);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={take}>
      <Combobox.EventsTarget withExpandedAttribute>
        <TextInput
          data-autofocus
          size="sm"
          label={t("case.answers.search")}
          description={t("case.answers.hint")}
          value={sought}
          onChange={({ currentTarget: { value } }) => {
            setSought(value);
            combobox.resetSelectedOption();
          }}
          onKeyDown={(event) => {
            const first = found[0];
            if (event.key !== "Enter" || combobox.getSelectedOptionIndex() !== -1 || !first || sought.trim() === "") return;
            event.preventDefault();
            onChosen(first.text);
          }}
        />
      </Combobox.EventsTarget>
      <Text size="xs" c="dimmed" mt={4} role="status">
        {isPending ? t("common.loading") : t("case.answers.found", { count: found.length })}
      </Text>
      <Combobox.Options className={classes.list} aria-label={t("case.answers.title")}>
        {topicsOf(found, t).map(({ topic, items }) => (
          <Combobox.Group key={topic} label={topic}>
            {items.map((one) => (
              <Combobox.Option key={idOf(one)} value={idOf(one)} className={classes.answer}>
                <strong>{one.title}</strong>
                <span className={classes.text}>{one.text}</span>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ))}
      </Combobox.Options>
    </Combobox>
  );
}

function idOf(one: Suggestion): string {
  return `${one.kind}:${one.key}`;
}
