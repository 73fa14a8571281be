import { Alert, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import { useEffect, useMemo, useRef, useSyncExternalStore, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SessionContext, readSession } from "./context";
import { signIn } from "./session";
import { open, openAgain, sessionState, subscribe, type SessionState } from "./store";

interface Props {
  children: ReactNode;
  /** What was seen must not stay for the next person at this computer. */
  onLeft: () => void;
  /** The session holds again: what failed meanwhile may be asked again. */
  onBack: () => void;
}

/** Shows the application to who is signed in, and the way in to everybody else. */
export function SessionProvider({ children, onLeft, onBack }: Props) {
  const { t } = useTranslation();
  const state = useSyncExternalStore(subscribe, sessionState);
  useEffect(() => void open(), []);
  useChanges(state, onLeft, onBack);
  const user = state.kind === "in" ? state.user : null;
  // The same person keeps the same session object, whatever is renewed.
  const claims = user ? JSON.stringify({ ...readSession(user), roles: [...readSession(user).roles] }) : null;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `claims` is what of the user counts
  const session = useMemo(() => (user ? readSession(user) : null), [claims]);
  if (state.kind === "opening") {
    return (
      <Center h="100dvh">
        <Loader aria-label={t("common.loading")} />
      </Center>
    );
  }
  if (state.kind === "out" || !session) return <Outside state={state} />;
  return <SessionContext value={session}>{children}</SessionContext>;
}

function useChanges(state: SessionState, onLeft: () => void, onBack: () => void): void {
  const before = useRef(state);
  useEffect(() => {
    const previous = before.current;
    before.current = state;
    if (previous.kind !== "in") return;
    if (state.kind !== "in") onLeft();
    else if (previous.ended && !state.ended) onBack();
  }, [state, onLeft, onBack]);
}

function Outside({ state }: { state: SessionState }) {
  const { t } = useTranslation();
  const why = state.kind === "out" ? state.why : "unknown";
  useEffect(() => {
    document.title = `${t("session.title")} · ${t("shell.title")}`;
  }, [t]);
  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack align="center" maw={420} ta="center">
        <Title order={1}>{t("session.title")}</Title>
        {why === "left" ? <Text role="status">{t("session.left")}</Text> : null}
        {why === "unreachable" ? (
          <>
            <Alert color="red" role="alert">
              {t("session.unreachable")}
            </Alert>
            <Button size="lg" variant="default" onClick={() => void openAgain()}>
              {t("common.retry")}
            </Button>
          </>
        ) : (
          <>
            {why === "unknown" ? <Text>{t("session.text")}</Text> : null}
            <Button size="lg" onClick={() => void signIn()}>
              {t("session.action")}
            </Button>
          </>
        )}
      </Stack>
    </Center>
  );
}
