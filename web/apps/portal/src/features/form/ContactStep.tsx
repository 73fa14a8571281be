import { Anchor, Checkbox, Radio, Stack, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contact, Draft } from "./draft";
import styles from "./Form.module.css";
import type { FormFault } from "./steps";

interface ContactQuestions {
  draft: Draft;
  faults: readonly FormFault[];
  onChange: (patch: Partial<Draft>) => void;
}

/** How the city may answer, and the permission to use the data for that. */
export function ContactStep({ draft, faults, onChange }: ContactQuestions) {
  const { t } = useTranslation();
  const { contact } = draft;
  const set = (patch: Partial<Contact>) => onChange({ contact: { ...contact, ...patch } });
  const said = (target: string) => {
    const found = faults.find((one) => one.target === target);
    return found && (found.text ?? t(found.key ?? ""));
  };
  return (
    <Stack gap="lg">
      <TextInput
        id="contacto-nombre"
        label={`${t("form.contact.name")} ${t("common.optional")}`}
        autoComplete="name"
        maxLength={200}
        value={contact.name}
        error={said("contacto-nombre")}
        onChange={(event) => set({ name: event.currentTarget.value })}
      />
      <Radio.Group
        label={t("form.contact.way")}
        description={t("form.contact.wayHelp")}
        error={said("contacto-medio-first")}
        value={contact.way}
        onChange={(way) => set({ way: way as Contact["way"] })}
      >
        <Stack gap="xs" mt="xs">
          <Radio id="contacto-medio-first" value="email" label={t("form.contact.email")} />
          {contact.way === "email" ? (
            <TextInput
              className={styles.revealed}
              id="contacto-correo"
              label={t("form.contact.address")}
              type="email"
              autoComplete="email"
              maxLength={254}
              value={contact.email}
              error={said("contacto-correo")}
              onChange={(event) => set({ email: event.currentTarget.value })}
            />
          ) : null}
          <Radio value="whatsapp" label="WhatsApp" />
          {contact.way === "whatsapp" ? (
            <TextInput
              className={styles.revealed}
              id="contacto-whatsapp"
              label={t("form.contact.number")}
              description={t("form.contact.numberHelp")}
              type="tel"
              autoComplete="tel"
              maxLength={40}
              value={contact.whatsapp}
              error={said("contacto-whatsapp")}
              onChange={(event) => set({ whatsapp: event.currentTarget.value })}
            />
          ) : null}
          <Radio value="none" label={t("form.contact.none")} description={t("form.contact.noneHelp")} />
        </Stack>
      </Radio.Group>
      <Checkbox
        id="contacto-permiso"
        label={t("form.contact.consent")}
        checked={draft.consent}
        error={said("contacto-permiso")}
        onChange={(event) => onChange({ consent: event.currentTarget.checked })}
      />
      <p className={styles.aside}>
        {t("form.contact.consentHelp")}{" "}
        <Anchor component={Link} to="/datos-personales" target="_blank" underline="always">
          {t("form.contact.privacy")}
        </Anchor>
      </p>
    </Stack>
  );
}
