import { ErrorSummary, faultsOf, faultTarget, SchemaForm, useFaultWords, type FormValues } from "@atiende/ui";
import { Button, Group, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { textOf, type Procedure } from "../../content";
import { useLanguageName } from "../../fields/text";
import { BESIDE, inLanguage, pagesOf, type Beside } from "./form";
import classes from "./procedure.module.css";

const PREFIX = "vista";

/** The form as a citizen sees it, with what is being written; filling it in here sends nothing. */
export function Preview({ procedure, languages }: { procedure: Procedure; languages: readonly string[] }) {
  const { t } = useTranslation();
  const nameOf = useLanguageName();
  const wordsOf = useFaultWords();
  const [language, setLanguage] = useState(languages[0] ?? "es");
  const [values, setValues] = useState<FormValues>({});
  const [round, setRound] = useState(0);
  const form = inLanguage(procedure, language);
  const faults = round > 0 ? faultsOf(form, values) : [];
  return (
    <section className={classes.preview} aria-label={t("procedure.preview.title")}>
      <Title order={3} size="h4">
        {t("procedure.preview.title")}
      </Title>
      <Text size="sm">{t("procedure.preview.text")}</Text>
      <Group align="flex-end">
        <NativeSelect label={t("common.language")} value={language} onChange={(event) => setLanguage(event.currentTarget.value)} data={languages.map((one) => ({ value: one, label: nameOf(one) }))} />
        <Button variant="default" onClick={() => setRound(round + 1)}>
          {t("procedure.preview.check")}
        </Button>
      </Group>
      <ErrorSummary round={round} entries={faults.map((fault) => ({ target: faultTarget(form, fault.name, PREFIX), text: `${form.properties[fault.name]?.title ?? fault.name}: ${wordsOf(fault)}` }))} />
      <Text role="status" size="sm">
        {round > 0 && faults.length === 0 ? t("procedure.preview.good") : ""}
      </Text>
      <div lang={language}>
        {pagesOf(procedure).map((page, index) => (
          <Stack key={page.id + index} gap="sm" className={classes.page ?? ""}>
            <Title order={4} size="h5">
              {textOf(page.title, language) || t("procedure.pageNumber", { number: index + 1 })}
            </Title>
            {page.help ? <Text size="sm">{textOf(page.help, language)}</Text> : null}
            <SchemaForm idPrefix={PREFIX} form={form} names={page.fields} values={values} faults={faults} onChange={setValues} />
            {(Object.keys(BESIDE) as Beside[]).filter((one) => page.fields.includes(BESIDE[one])).map((one) => (
              <Text key={one} size="sm" fs="italic">
                {t("procedure.preview.beside", { what: t(`procedure.beside.${one}`) })}
              </Text>
            ))}
          </Stack>
        ))}
      </div>
    </section>
  );
}
