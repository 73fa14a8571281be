import { dataOf, Problem } from "@atiende/api";
import { clear, createStore, del, get, set } from "idb-keyval";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../../app/api";
import type { DraftFile } from "../form/draft";
import { putUp } from "../form/submit";

interface Reply {
  text: string;
  files: DraftFile[];
  /** The same at every attempt, so that a message is never there twice. */
  clientMessageId: string;
}

const fresh = (): Reply => ({ text: "", files: [], clientMessageId: crypto.randomUUID() });
let made: ReturnType<typeof createStore> | undefined;
const store = () => (made ??= createStore("atiende-replies", "replies"));

/** What somebody writes about a case, kept on the device until the city has it. */
export function useReply(caseId: string) {
  const [reply, setReply] = useState<Reply>(fresh);
  const [isSending, setSending] = useState(false);
  const [isTaken, setTaken] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const latest = useRef(reply);

  const show = useCallback((next: Reply) => {
    latest.current = next;
    setReply(next);
  }, []);

  useEffect(() => {
    let isHere = true;
    void get<Reply>(caseId, store())
      .catch(() => undefined)
      .then((kept) => {
        // What was typed while the device was asked comes first.
        if (isHere && kept && !latest.current.text) show(kept);
      });
    return () => {
      isHere = false;
    };
  }, [caseId, show]);

  const change = useCallback(
    (patch: Partial<Reply>) => {
      setTaken(false);
      const next = { ...latest.current, ...patch };
      show(next);
      void set(caseId, next, store()).catch(() => undefined);
    },
    [caseId, show],
  );

  /** Whether the city has it now. */
  const send = async (): Promise<boolean> => {
    setSending(true);
    setProblem(undefined);
    try {
      for (const file of latest.current.files) {
        if (file.attachmentId) continue;
        const attachmentId = await putUp(file);
        change({ files: latest.current.files.map((one) => (one.id === file.id ? { ...one, attachmentId } : one)) });
      }
      const { text, files, clientMessageId } = latest.current;
      await dataOf(
        api.channels.POST("/api/channels/v1/portal/messages", {
          body: { case_id: caseId, text: text.trim(), attachment_ids: files.flatMap((file) => file.attachmentId ?? []), client_message_id: clientMessageId },
        }),
      );
      await del(caseId, store()).catch(() => undefined);
      show(fresh());
      setTaken(true);
      return true;
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(500, {}));
      return false;
    } finally {
      setSending(false);
    }
  };
  return { reply, change, send, isSending, problem, isTaken };
}

/** Forgets all replies of this device. */
export async function dropAllReplies(): Promise<void> {
  await clear(store()).catch(() => undefined);
}
