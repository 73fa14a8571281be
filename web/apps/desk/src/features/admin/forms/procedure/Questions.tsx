import { readForm } from "@atiende/ui";
import { Button, Group, NativeSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ASKED, textOf, type Asked, type FormPage, type Procedure } from "../../content";
import { bindFields, useTold, type Bound } from "../../fields/bound";
import { ListField } from "../../fields/lists";
import { TextsField } from "../../fields/text";
import { fieldId, pointer } from "../../pointer";
import { addQuestion, BESIDE, changeQuestion, freeName, moveToPage, pagesOf, setBeside, setRequired, textsOf, withPages, type Beside } from "./form";
import { QuestionEditor } from "./QuestionEditor";

interface Props extends Bound<Procedure> {
  /** The city's first language, whose words stand in the schema itself. */
  language: string;
}

/** The form: pages in order, on each its questions in order. */
export function Questions({ language, ...bound }: Props) {
  const { t, i18n } = useTranslation();
  const { value: procedure, onChange, path } = bound;
  const pages = pagesOf(procedure);
  const error = useTold(path + pointer("form"));
  const titles = pages.map((page, index) => textOf(page.title, i18n.language) || t("procedure.pageNumber", { number: index + 1 }));
  return (
    <Stack>
      <Title order={3} size="h4" id={fieldId(path + pointer("form"))} tabIndex={-1}>
        {t("procedure.form")}
      </Title>
      {error ? <Text size="sm" c="var(--mantine-color-error)">{error}</Text> : null}
      <Group align="flex-start">
        {(["place", "attachments"] as const).map((what: Beside) => (
          <NativeSelect
            key={what}
            label={t(`procedure.beside.${what}`)}
            value={procedure[what] ?? "none"}
            onChange={(event) => onChange(setBeside(procedure, what, event.currentTarget.value as Asked))}
            data={ASKED.map((one) => ({ value: one, label: t(`procedure.asked.${one}`) }))}
          />
        ))}
      </Group>
      <ListField<FormPage>
        label={t("procedure.pages")}
        description={t("procedure.pagesHelp")}
        path={path + pointer("pages")}
        value={pages}
        onChange={(next) => onChange(withPages(procedure, next))}
        nameOf={(_page, index) => titles[index] ?? ""}
        fresh={() => ({ id: freeName("pagina", Object.fromEntries(pages.map((page) => [page.id, 0]))), title: {}, fields: [] })}
        addLabel={t("procedure.addPage")}
      >
        {(page, index) => <OnePage language={language} page={page} index={index} titles={titles} {...bound} />}
      </ListField>
    </Stack>
  );
}

function OnePage({ language, page, index, titles, ...bound }: Props & { page: Bound<FormPage>; index: number; titles: readonly string[] }) {
  const { t, i18n } = useTranslation();
  const { value: procedure, onChange, path } = bound;
  const form = readForm(procedure.form);
  const field = bindFields<FormPage>(page);
  const nameOf = (name: string) => {
    const beside = (Object.keys(BESIDE) as Beside[]).find((one) => BESIDE[one] === name);
    if (beside) return t(`procedure.beside.${beside}`);
    return textOf(textsOf((form.properties[name] ?? {}) as Record<string, unknown>, "title", language), i18n.language) || name;
  };
  return (
    <Stack gap="sm">
      <TextsField label={t("procedure.pageTitle")} {...field("title")} onChange={(next) => field("title").onChange(next ?? {})} />
      <TextsField label={t("procedure.help")} optional {...field("help")} />
      <ListField<string> label={t("procedure.questions")} {...field("fields")} nameOf={nameOf}>
        {(question) => {
          const name = question.value;
          const schema = form.properties[name];
          if (!schema) return <Text size="sm">{t("procedure.besideHelp")}</Text>;
          return (
            <>
              <QuestionEditor
                language={language}
                path={path + pointer("form", "properties", name)}
                value={schema}
                required={form.required?.includes(name) ?? false}
                onChange={(next) => onChange(changeQuestion(procedure, name, next))}
                onRequired={(required) => onChange(setRequired(procedure, name, required))}
              />
              {titles.length > 1 ? (
                <NativeSelect
                  label={t("procedure.onPage")}
                  value={String(index)}
                  onChange={(event) => onChange(moveToPage(procedure, name, Number(event.currentTarget.value)))}
                  data={titles.map((title, at) => ({ value: String(at), label: title }))}
                />
              ) : null}
            </>
          );
        }}
      </ListField>
      <AddQuestion onAdd={(label) => onChange(addQuestion(procedure, index, label, language))} />
    </Stack>
  );
}

function AddQuestion({ onAdd }: { onAdd: (label: string) => void }) {
  const { t } = useTranslation();
  const [label, setLabel] = useState("");
  const add = () => {
    if (label.trim() === "") return;
    onAdd(label.trim());
    setLabel("");
  };
  return (
    <Group align="flex-end">
      <TextInput
        label={t("procedure.newQuestion")}
        value={label}
        maxLength={200}
        onChange={(event) => setLabel(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            add();
          }
        }}
      />
      <Button variant="default" disabled={label.trim() === ""} onClick={add}>
        {t("procedure.addQuestion")}
      </Button>
    </Group>
  );
}
