import { Problem } from "@atiende/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "../../app/useFormat";
import styles from "./Chat.module.css";
import { ContactForm } from "./ContactForm";
import { caseOf, type ChatCase } from "./continue";

const RECEIVING_MS = 3_000;

/** The case that the chat has become: its folio, what opens it, and where else it can go on. */
export function CaseCard({ token, count, hasContact }: { token: string; count: number; hasContact: boolean }) {
  const { t } = useTranslation();
  const found = useQuery({
    // A new line may have changed the case.
    queryKey: ["chat-case", token, count],
    queryFn: () => caseOf(token),
    placeholderData: (before: ChatCase | undefined) => before,
    retry: (times, error) => times < 2 && error instanceof Problem && error.isTemporary,
    refetchInterval: (query) => (query.state.data?.state === "receiving" ? RECEIVING_MS : false),
  }).data;
  if (!found) return null;
  return (
    <details className={styles.case}>
      <summary>
        <Summary found={found} />
      </summary>
      <Details found={found} />
      {hasContact ? <p>{t("chat.contact.given")}</p> : <ContactForm token={token} />}
    </details>
  );
}

function Summary({ found }: { found: ChatCase }) {
  const { t } = useTranslation();
  return found.folio ? (
    <>
      {t("chat.case.folio")} <strong>{found.folio}</strong>
    </>
  ) : (
    t("chat.case.receiving")
  );
}

function Details({ found }: { found: ChatCase }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {found.status_text ? <p>{found.status_text}</p> : null}
      {found.out_of_hours && found.next_opening ? <p>{t("chat.case.seenFrom", { when: format.dateTime(found.next_opening) })}</p> : null}
      <p>
        {t("chat.case.secret")} <code>{found.secret}</code>
      </p>
      <p>{t("chat.case.keep")}</p>
    </>
  );
}
