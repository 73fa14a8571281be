import { dataOf, Problem } from "@atiende/api";
import { ProblemAlert } from "@atiende/ui";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { NotFound } from "../../app/NotFound";
import { say } from "../../app/toasts";
import { useSession } from "../../auth/context";
import { ConfirmButton } from "../admin/ConfirmButton";
import { LeaveGuard } from "../admin/LeaveGuard";
import { same } from "../admin/merge";
import { Page } from "../board/Page";
import board from "../board/Page.module.css";
import { Loading } from "../board/states";
import { PasswordDialog } from "./PasswordDialog";
import { PersonHistory } from "./PersonHistory";
import { ProfileFields } from "./ProfileFields";
import { peopleKey, personOptions, type Person, type Profile } from "./queries";

/** One person of the staff. */
export function PersonPage() {
  const { t } = useTranslation();
  const { person: id = "" } = useParams({ strict: false });
  const person = useQuery(personOptions(id));
  if (person.error instanceof Problem && (person.error.status === 404 || person.error.status === 422)) return <NotFound />;
  const name = person.data ? `${person.data.first_name} ${person.data.last_name}` : t("people.title");
  return (
    <Page title={name} part={t("people.title")}>
      <nav aria-label={t("admin.back")}>
        <Link to="/personas" className={board.link}>
          {t("people.all")}
        </Link>
      </nav>
      {person.error ? <ProblemAlert error={person.error} onRetry={() => void person.refetch()} /> : null}
      {person.isPending ? <Loading /> : null}
      {person.data ? (
        <>
          <Edit key={person.data.id} person={person.data} />
          <PersonHistory id={id} />
        </>
      ) : null}
    </Page>
  );
}

function profileOf(person: Person): Profile {
  const { first_name, last_name, email, roles, units } = person;
  return { first_name, last_name, email, roles, units };
}

function Edit({ person }: { person: Person }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const own = useSession().subject === person.id;
  const path = { person_id: person.id };
  const [profile, setProfile] = useState(profileOf(person));
  const [password, setPassword] = useState("");
  const dirty = !same(profile, profileOf(person));
  const put = async (body: Profile & { enabled: boolean }, text: string) => {
    const changed = await dataOf(api.admin.PUT("/api/admin/v1/people/{person_id}", { params: { path }, body }));
    client.setQueryData(personOptions(person.id).queryKey, changed);
    setProfile(profileOf(changed));
    say(text);
    await client.invalidateQueries({ queryKey: peopleKey });
  };
  const save = useMutation({ mutationFn: () => put({ ...profile, enabled: person.enabled }, t("people.saved")) });
  const reset = async () => {
    const made = await dataOf(api.admin.POST("/api/admin/v1/people/{person_id}/password", { params: { path } }));
    setPassword(made.password);
    await client.invalidateQueries({ queryKey: peopleKey });
  };
  const signOut = async () => {
    await dataOf(api.admin.POST("/api/admin/v1/people/{person_id}/sign-out", { params: { path } }));
    say(t("people.signedOut"));
    await client.invalidateQueries({ queryKey: peopleKey });
  };
  return (
    <Stack maw={800}>
      <Text>
        {t("people.username")}: <strong>{person.username}</strong>
        {" · "}
        {t(person.enabled ? (person.must_change_password ? "people.invited" : "people.active") : "people.disabled")}
      </Text>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          <ProfileFields value={profile} onChange={setProfile} error={save.error} rightsLocked={own} />
          {save.error ? <ProblemAlert error={save.error} /> : null}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!dirty}>
              {t("common.save")}
            </Button>
          </Group>
        </Stack>
      </form>
      <Group>
        <ConfirmButton label={t("people.signOut")} title={t("people.signOut")} text={t("people.signOutText")} action={signOut} button={{ variant: "default" }} />
        {own ? null : (
          <>
            <ConfirmButton label={t("people.reset")} title={t("people.reset")} text={t("people.resetText")} action={reset} button={{ variant: "default" }} />
            <ConfirmButton
              label={t(person.enabled ? "people.disable" : "people.enable")}
              title={t(person.enabled ? "people.disable" : "people.enable")}
              text={t(person.enabled ? "people.disableText" : "people.enableText")}
              action={() => put({ ...profileOf(person), enabled: !person.enabled }, t("people.saved"))}
              button={person.enabled ? { color: "red", variant: "subtle" } : { variant: "default" }}
            />
          </>
        )}
      </Group>
      {password ? <PasswordDialog username={person.username} password={password} onClose={() => setPassword("")} /> : null}
      <LeaveGuard dirty={dirty} />
    </Stack>
  );
}
