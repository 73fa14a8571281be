import { Problem } from "@atiende/api";
import { Checkbox, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useUnitNames } from "../board/release";
import { STAFF_ROLES, type Profile } from "./queries";

interface Props {
  value: Profile;
  onChange: (value: Profile) => void;
  /** What the service refused; its fields are told beside ours. */
  error: unknown;
  /** Nobody changes their own rights. */
  rightsLocked?: boolean;
}

/** Who a person is and what they may do. */
export function ProfileFields({ value, onChange, error, rightsLocked = false }: Props) {
  const { t } = useTranslation();
  const units = useUnitNames();
  const told = error instanceof Problem ? error.fields : {};
  const known = [...units, ...value.units.filter((unit) => !units.has(unit)).map((unit): [string, string] => [unit, unit])];
  const text = (key: "first_name" | "last_name" | "email", type = "text") => (
    <TextInput
      type={type}
      label={t(`people.field.${key}`)}
      value={value[key]}
      maxLength={key === "email" ? 254 : 100}
      error={told[`/${key}`] ?? told[`/body/${key}`]}
      autoComplete="off"
      onChange={(event) => onChange({ ...value, [key]: event.currentTarget.value })}
    />
  );
  return (
    <Stack>
      {text("first_name")}
      {text("last_name")}
      {text("email", "email")}
      <Checkbox.Group
        label={t("people.roles")}
        description={t(rightsLocked ? "people.notYourself" : "people.rolesHelp")}
        value={value.roles}
        error={told["/roles"]}
        onChange={(roles) => onChange({ ...value, roles: roles as Profile["roles"] })}
      >
        <Stack gap="xs" mt="xs">
          {STAFF_ROLES.map((role) => (
            <Checkbox key={role} value={role} label={t(`shell.role.${role}`)} description={t(`people.roleHelp.${role}`)} disabled={rightsLocked} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Checkbox.Group label={t("people.units")} description={t("people.unitsHelp")} value={value.units} error={told["/units"]} onChange={(chosen) => onChange({ ...value, units: chosen })}>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" mt="xs">
          {known.map(([id, name]) => (
            <Checkbox key={id} value={id} label={name} />
          ))}
        </SimpleGrid>
      </Checkbox.Group>
    </Stack>
  );
}
