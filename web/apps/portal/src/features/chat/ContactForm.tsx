import { ProblemAlert } from "@atiende/ui";
import { useMutation } from "@tanstack/react-query";
import { useId, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import styles from "./Chat.module.css";
import { addressFault, leaveContact, type ContactChannel } from "./continue";

/** Leaves an address, so that the same case goes on there when the page is closed. */
export function ContactForm({ token }: { token: string }) {
  const { t } = useTranslation();
  const id = useId();
  const [channel, setChannel] = useState<ContactChannel>("whatsapp");
  const [address, setAddress] = useState("");
  const [fault, setFault] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // One contact however often it is sent; another address is another contact.
  const key = useRef(crypto.randomUUID());
  const leaving = useMutation({ mutationFn: () => leaveContact(token, channel, address.trim(), key.current) });
  if (leaving.isSuccess) {
    return <p role="status">{t(`chat.contact.left.${channel}`, { address: leaving.data.address })}</p>;
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    const isWrong = addressFault(channel, address);
    setFault(isWrong);
    if (isWrong) input.current?.focus();
    else if (!leaving.isPending) leaving.mutate();
  }

  function write(text: string) {
    setAddress(text);
    key.current = crypto.randomUUID();
  }

  return (
    <form className={styles.contact} onSubmit={submit} noValidate>
      <fieldset>
        <legend>{t("chat.contact.title")}</legend>
        {(["whatsapp", "email"] as const).map((one) => (
          <label key={one}>
            <input type="radio" name={`${id}-channel`} checked={channel === one} onChange={() => setChannel(one)} />
            {t(`chat.contact.${one}`)}
          </label>
        ))}
      </fieldset>
      <label htmlFor={`${id}-address`}>{t(`chat.contact.address.${channel}`)}</label>
      {fault ? (
        <p id={`${id}-fault`} className={styles.fault}>
          {t(`chat.contact.fault.${channel}`)}
        </p>
      ) : null}
      <div className={styles.writing}>
        <input
          ref={input}
          id={`${id}-address`}
          type={channel === "email" ? "email" : "tel"}
          autoComplete={channel === "email" ? "email" : "tel"}
          value={address}
          aria-invalid={fault}
          aria-describedby={fault ? `${id}-fault` : undefined}
          onChange={(event) => write(event.currentTarget.value)}
        />
        <button type="submit" className={styles.primary}>
          {t("common.save")}
        </button>
      </div>
      <p className={styles.hint}>{t("chat.contact.consent")}</p>
      {leaving.error ? <ProblemAlert error={leaving.error} /> : null}
    </form>
  );
}
