import { useEffect, useRef } from "react";

/** Puts the focus on a heading when its page opens, so that keyboards and screen readers go on from there. */
export function useFocusHere<Element extends HTMLElement = HTMLHeadingElement>() {
  const ref = useRef<Element>(null);
  useEffect(() => ref.current?.focus({ preventScroll: true }), []);
  return ref;
}
