import { useQuery, useQueryClient } from "@tanstack/react-query";
import { get, set } from "idb-keyval";
import { useCallback, useEffect } from "react";
import { useSession } from "../auth/context";
import { allowSingleKeys } from "../keyboard/useShortcuts";

/** How a person likes their desk; kept on this device, by person. */
export interface Preferences {
  singleKeys: boolean;
  density: "comfortable" | "compact";
  sound: boolean;
  wideMenu: boolean;
}

const DEFAULTS: Preferences = { singleKeys: true, density: "comfortable", sound: false, wideMenu: true };

export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const { subject } = useSession();
  const client = useQueryClient();
  const place = `preferences:${subject}`;
  const { data } = useQuery({
    queryKey: ["preferences", subject],
    queryFn: async () => ({ ...DEFAULTS, ...(await get<Partial<Preferences>>(place).catch(() => undefined)) }),
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const change = useCallback(
    (wanted: Partial<Preferences>) => {
      const next = { ...DEFAULTS, ...client.getQueryData<Preferences>(["preferences", subject]), ...wanted };
      client.setQueryData(["preferences", subject], next);
      // A browser that keeps nothing (private window, full disk) still honours it until the page is closed.
      void set(place, next).catch(() => undefined);
    },
    [client, place, subject],
  );
  const preferences = data ?? DEFAULTS;
  useEffect(() => allowSingleKeys(preferences.singleKeys), [preferences.singleKeys]);
  return [preferences, change];
}
