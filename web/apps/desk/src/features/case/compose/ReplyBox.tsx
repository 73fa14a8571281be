import { IconBookmark, IconSend } from "@atiende/ui";
import { Button, Group, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { caseQueries } from "../../../data/cases";
import type { CaseDetail, ReplyOption } from "../../../data/types";
import { useShortcuts } from "../../../keyboard/useShortcuts";
import { useDraft } from "../../drafts/useDrafts";
import { FilesPicker } from "../../files/FilesPicker";
import { send } from "../sending";
import { AnswersWindow } from "./AnswersWindow";
import classes from "./Composer.module.css";
import { WayLimits, WaySelect } from "./ReplyWay";
import { insertAt, lengthOf, partsOf, wayOf } from "./ways";

const MOST = 10_000;

/** An answer to the citizen: by which way, within its limits, in own or approved words, with files. */
export function ReplyBox({ open, input }: { open: CaseDetail; input: RefObject<HTMLTextAreaElement | null> }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [draft, change] = useDraft(open.case_id);
  const ways = useQuery(caseQueries.replyOptions(open.case_id)).data;
  const [answers, setAnswers] = useState(false);
  const [busy, setBusy] = useState(false);
  const [chosen, setChosen] = useState("");
  const options = ways?.items ?? [];
  const way = wayOf(options, draft.channel);
  const templates = way && !way.allowed ? way.templates : [];
  const template = templates.find((one) => one.key === chosen);
  const length = lengthOf(draft.reply);
  const ready = templates.length > 0 ? template !== undefined : length > 0 && length <= MOST;
  useShortcuts([{ keys: ["mod+k"], label: "case.answers.open", group: "case", run: () => setAnswers(true) }]);

  const submit = () => {
    if (!ready || busy) return;
    const base = { kind: "reply" as const, channel: draft.channel ?? (way && !way.allowed ? way.channel : null), mentions: [] };
    if (template) send(client, open.case_id, { ...base, text: template.text, template: template.key, files: [] });
    else send(client, open.case_id, { ...base, text: draft.reply.trim(), template: null, files: draft.files });
    setChosen("");
  };
  const insert = (text: string) => {
    const field = input.current;
    const from = field?.selectionStart ?? draft.reply.length;
    const put = insertAt(draft.reply, from, field?.selectionEnd ?? from, text);
    change({ reply: put.text });
    leave(put.cursor);
  };
  const leave = (cursor?: number) => {
    setAnswers(false);
    requestAnimationFrame(() => {
      input.current?.focus();
      if (cursor !== undefined) input.current?.setSelectionRange(cursor, cursor);
    });
  };
  return (
    <form
      aria-label={t("case.write.reply")}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap={6}>
        <Group gap="xs" justify="space-between">
          <WaySelect options={options} way={way} onChange={(channel) => change({ channel })} />
          {templates.length === 0 ? (
            <Button size="compact-sm" variant="default" leftSection={<IconBookmark size={14} />} aria-keyshortcuts="Control+K" onClick={() => setAnswers(true)}>
              {t("case.answers.open")}
            </Button>
          ) : null}
        </Group>
        {ways ? <WayLimits options={options} way={way} /> : null}
        {templates.length > 0 ? (
          <Templates templates={templates} chosen={chosen} onChosen={setChosen} />
        ) : (
          <>
            <Textarea
              ref={input}
              size="sm"
              autosize
              minRows={2}
              maxRows={10}
              aria-label={t("case.write.reply")}
              aria-describedby="cuenta-respuesta"
              placeholder={t("case.write.replyHint")}
              value={draft.reply}
              error={length > MOST ? t("case.write.tooLong", { count: length - MOST }) : undefined}
              onChange={({ currentTarget: { value } }) => change({ reply: value })}
              // By the time that somebody asks for them they are there.
              onFocus={() => void client.prefetchQuery(caseQueries.suggestions(open.case_id))}
              onKeyDown={(event) => {
                const modified = event.ctrlKey || event.metaKey;
                if (modified && event.key === "Enter") submit();
                if (modified && event.key.toLowerCase() === "k") {
                  event.preventDefault();
                  setAnswers(true);
                }
                if (event.key === "Escape") input.current?.blur();
              }}
            />
            {ways ? (
              <FilesPicker
                id="archivos-respuesta"
                files={draft.files}
                limits={ways}
                busy={busy}
                onBusy={setBusy}
                onChange={(put) => change((now) => ({ files: put(now.files) }))}
              />
            ) : null}
          </>
        )}
        <Group gap="xs" justify="space-between">
          <Count length={length} way={way} hidden={templates.length > 0} />
          <Button size="sm" type="submit" disabled={!ready || busy || way === undefined} leftSection={<IconSend size={16} />}>
            {t(templates.length > 0 ? "case.write.sendTemplate" : "case.write.send")}
          </Button>
        </Group>
      </Stack>
      <AnswersWindow caseId={open.case_id} opened={answers} onClose={() => leave()} onChosen={insert} />
    </form>
  );
}

/** How long the text is, how long it may be, and as how many messages it goes. */
function Count({ length, way, hidden }: { length: number; way: ReplyOption | undefined; hidden: boolean }) {
  const { t, i18n } = useTranslation();
  if (hidden) return <span />;
  const number = new Intl.NumberFormat(i18n.language);
  const parts = partsOf(length, way);
  return (
    <Text id="cuenta-respuesta" size="xs" c="dimmed" className={classes.count}>
      {t("case.write.count", { used: number.format(length), most: number.format(way?.max_characters ?? MOST) })}
      {parts > 1 ? ` · ${t("case.write.parts", { count: parts })}` : ""}
    </Text>
  );
}

/** What may go while WhatsApp's window is shut: texts that its provider has approved, filled for the case. */
function Templates({ templates, chosen, onChosen }: { templates: ReplyOption["templates"]; chosen: string; onChosen: (key: string) => void }) {
  const { t } = useTranslation();
  return (
    <Radio.Group size="sm" label={t("case.way.template")} value={chosen} onChange={onChosen}>
      <Stack gap={6} mt={4}>
        {templates.map((one) => (
          <Radio key={one.key} size="sm" value={one.key} label={one.text} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
