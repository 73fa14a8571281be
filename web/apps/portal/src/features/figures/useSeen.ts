import { useEffect, useRef, useState, type RefObject } from "react";

/** Whether an element has come near the window once. */
export function useSeen<Target extends Element>(): [RefObject<Target | null>, boolean] {
  const place = useRef<Target>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!place.current || isSeen) return undefined;
    const observer = new IntersectionObserver((found) => setSeen(found.some((one) => one.isIntersecting)), { rootMargin: "200px" });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isSeen]);
  return [place, isSeen];
}
