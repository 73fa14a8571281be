import { useQuery, useQueryClient } from "@tanstack/react-query";
import { get, set } from "idb-keyval";
import { useCallback } from "react";
import { useSession } from "../../auth/context";

/** Where a clerk sits: of which unit, and what the board calls it. Kept on this device, by person. */
export interface Place {
  unit: string;
  desk: string;
}

/** Undefined until it is read: what is written before would be overwritten by it. */
export function usePlace(): [Place | undefined, (place: Place) => void] {
  const { subject, units } = useSession();
  const client = useQueryClient();
  const where = `counter:${subject}`;
  const { data } = useQuery({
    queryKey: ["counter", "place", subject],
    queryFn: async () => (await get<Place>(where).catch(() => undefined)) ?? null,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const change = useCallback(
    (place: Place) => {
      client.setQueryData(["counter", "place", subject], place);
      void set(where, place).catch(() => undefined);
    },
    [client, subject, where],
  );
  if (data === undefined) return [undefined, change];
  const kept = data && units.includes(data.unit) ? data : null;
  return [kept ?? { unit: units[0] ?? "", desk: data?.desk ?? "" }, change];
}
