import { Checkbox, Fieldset, Radio, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Sheet } from "./form";

interface Props {
  sheet: Sheet;
  said: (target: string) => string | undefined;
  onChange: (change: Partial<Sheet>) => void;
}

/** Who the person is and how they want to be answered; all of it may be left out but their permission. */
export function ContactFields({ sheet, said, onChange }: Props) {
  const { t } = useTranslation();
  const both = sheet.email.trim() !== "" && sheet.whatsapp.trim() !== "";
  return (
    <Fieldset legend={t("counter.person")}>
      <Stack gap="sm">
        <TextInput size="sm" label={`${t("counter.name")} ${t("common.optional")}`} autoComplete="off" maxLength={200} value={sheet.name} onChange={({ currentTarget: { value } }) => onChange({ name: value })} />
        <TextInput
          id="ventanilla-correo"
          size="sm"
          type="email"
          label={`${t("counter.email")} ${t("common.optional")}`}
          autoComplete="off"
          maxLength={254}
          value={sheet.email}
          error={said("ventanilla-correo")}
          onChange={({ currentTarget: { value } }) => onChange({ email: value })}
        />
        <TextInput
          id="ventanilla-whatsapp"
          size="sm"
          type="tel"
          label={`${t("counter.whatsapp")} ${t("common.optional")}`}
          autoComplete="off"
          maxLength={40}
          value={sheet.whatsapp}
          error={said("ventanilla-whatsapp")}
          onChange={({ currentTarget: { value } }) => onChange({ whatsapp: value })}
        />
        {both ? (
          <Radio.Group size="sm" label={t("counter.preferred")} value={sheet.preferred || "email"} onChange={(value) => onChange({ preferred: value as Sheet["preferred"] })}>
            <Stack gap={6} mt={4}>
              <Radio size="sm" value="email" label={t("channel.email")} />
              <Radio size="sm" value="whatsapp" label={t("channel.whatsapp")} />
            </Stack>
          </Radio.Group>
        ) : null}
        <Checkbox
          id="ventanilla-permiso"
          size="sm"
          label={t("counter.consent")}
          description={t("counter.consentHelp")}
          checked={sheet.consent}
          error={said("ventanilla-permiso")}
          onChange={({ currentTarget: { checked } }) => onChange({ consent: checked })}
        />
      </Stack>
    </Fieldset>
  );
}
