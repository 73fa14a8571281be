import { dataOf } from "@atiende/api";
import { IconCheck } from "@atiende/ui";
import { Button, Menu, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../app/api";
import { wordsOf } from "../../app/problems";
import { sayFailed } from "../../app/toasts";
import { onLeaving } from "../../auth/store";
import classes from "./work.module.css";
import { workQueries } from "./queries";

const STATES = ["online", "away", "offline"] as const;
type State = (typeof STATES)[number];

const put = (status: State) => dataOf(api.routing.PUT("/api/routing/v1/presence", { body: { status } }));

/** Whether one is there for new work, with the places that are free. */
export function Presence() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const key = workQueries.presence().queryKey;
  const { data } = useQuery(workQueries.presence());
  const sign = useMutation({
    mutationFn: put,
    onMutate: (status) => {
      const before = client.getQueryData(key);
      client.setQueryData(key, (known) => known && { ...known, status });
      return before;
    },
    onSuccess: (answer) => client.setQueryData(key, answer),
    onError: (error, _, before) => {
      if (before) client.setQueryData(key, before);
      sayFailed(wordsOf(error));
    },
  });
  useHeartbeat(data?.status, data?.heartbeat_seconds ?? 30);
  // Whoever signs out is not offered anything any more.
  const there = data !== undefined && data.status !== "offline";
  useEffect(() => (there ? onLeaving(() => put("offline")) : undefined), [there]);
  if (!data) return null;
  // The city has not heard of this desk for a while: it slept, or its network was away.
  const state = data.status === "online" && !data.available ? "unheard" : data.status;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button size="compact-md" variant="default" leftSection={<span className={classes.dot} data-state={state} />}>
          {t(`work.state.${state}`)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {STATES.map((one) => (
          <Menu.Item
            key={one}
            aria-current={one === data.status ? "true" : undefined}
            leftSection={<span className={classes.dot} data-state={one} />}
            rightSection={one === data.status ? <IconCheck size={16} /> : null}
            onClick={() => sign.mutate(one)}
          >
            {t(`work.state.${one}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Text size="sm" px="sm" py={4}>
          {t("work.slots", { count: data.free_slots, capacity: data.capacity })}
        </Text>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Tells that the desk is still there; after a sleep the first beat goes at once. */
function useHeartbeat(status: State | undefined, seconds: number): void {
  const client = useQueryClient();
  useEffect(() => {
    if (status === undefined || status === "offline") return;
    const beat = () =>
      dataOf(api.routing.POST("/api/routing/v1/presence/heartbeat")).then(
        (answer) => client.setQueryData(workQueries.presence().queryKey, answer),
        () => undefined,
      );
    const timer = setInterval(() => void beat(), seconds * 1000);
    const back = () => {
      if (document.visibilityState === "visible") void beat();
    };
    document.addEventListener("visibilitychange", back);
    window.addEventListener("online", back);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", back);
      window.removeEventListener("online", back);
    };
  }, [client, status, seconds]);
}
