import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useSession } from "../../auth/context";
import { isUnread, loadMarks, marksVersion, watchMarks } from "./readMarks";

/** Tells which rows are unread; another function whenever an answer may differ. */
export function useReadMarks(): typeof isUnread {
  const { subject } = useSession();
  useEffect(() => void loadMarks(subject), [subject]);
  const version = useSyncExternalStore(watchMarks, marksVersion);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the marks are outside of React; their version is not
  return useMemo(() => (row: Parameters<typeof isUnread>[0]) => isUnread(row), [version]);
}
