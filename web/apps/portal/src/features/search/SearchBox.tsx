import { ProblemAlert } from "@atiende/ui";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useId, useRef, useState, type FormEvent, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../app/Icon";
import { useLanguage } from "../../app/useLanguage";
import { faqQuery, proceduresQuery, searchQuery } from "../procedures/queries";
import { readFolio } from "./folio";
import { hitsOf, ownHits, type Hits } from "./search";
import styles from "./SearchBox.module.css";
import { SearchResults } from "./SearchResults";

const MOST = 10;
const NOTHING: Hits = { procedures: [], answers: [] };

/** One box for procedures, answers and "my folio"; what is found stands below it as one types. */
export function SearchBox() {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [question] = useDebouncedValue(typed.trim(), 250);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLDivElement>(null);
  const folio = readFolio(question);
  const isAsking = question.length >= 2 && !folio;
  const asked = useQuery({ ...searchQuery(question, language, MOST), enabled: isAsking });
  const faq = useQuery({ ...faqQuery("", language), enabled: isAsking }).data ?? [];
  const known = useQuery({ ...proceduresQuery(language), enabled: isAsking && asked.isError }).data;
  // Without the city's search, what the page knows is better than nothing.
  const hits = !isAsking ? NOTHING : asked.data ? hitsOf(asked.data, faq) : asked.isError && known ? ownHits(known, question) : NOTHING;
  const isSettled = typed.trim() === question && !asked.isFetching;
  const problem = asked.isError && !known ? asked.error : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const direct = readFolio(typed);
    if (direct) void navigate({ to: "/seguimiento", hash: direct.folio });
    else results.current?.querySelector<HTMLElement>("a, summary")?.focus();
  };
  const walk = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      setTyped("");
      input.current?.focus();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [input.current, ...(results.current?.querySelectorAll<HTMLElement>("a, summary") ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  };
  const count = hits.procedures.length + hits.answers.length;
  return (
    <search className={styles.search} onKeyDown={walk}>
      <form onSubmit={submit} className={styles.form}>
        <label htmlFor={id} className={styles.label}>
          {t("search.label")}
        </label>
        <div className={styles.box}>
          <input
            ref={input}
            id={id}
            type="search"
            value={typed}
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="search"
            aria-describedby={`${id}-hint`}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <button type="submit">
            <Icon name="search" size={22} />
            <span>{t("search.button")}</span>
          </button>
        </div>
        <p id={`${id}-hint`} className={styles.hint}>
          {t("search.hint")}
        </p>
      </form>
      <div role="status" className="visually-hidden">
        {folio ? t("search.isFolio") : isAsking && isSettled ? t("search.found", { count }) : ""}
      </div>
      <div ref={results}>
        {isAsking && problem ? <ProblemAlert error={problem} onRetry={() => void asked.refetch()} /> : null}
        <SearchResults folio={folio} {...hits} isEmpty={isAsking && isSettled && !problem && count === 0} />
      </div>
    </search>
  );
}
