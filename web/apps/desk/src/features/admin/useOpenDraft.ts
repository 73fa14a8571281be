import { useSuspenseQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { draftOptions, type Draft } from "./queries";

/** The draft of the address; its layout shows nothing below before it is there. */
export function useOpenDraft(): Draft {
  const { draft = "" } = useParams({ strict: false });
  return useSuspenseQuery(draftOptions(draft)).data;
}
