import { useEffect } from "react";

let page = "";
let badge = 0;

function write(): void {
  document.title = `${badge > 0 ? `(${badge}) ` : ""}${page ? `${page} · ` : ""}Atiende`;
}

/** Names the page in the browser's tab and for screen readers (WCAG 2.4.2). */
export function usePageTitle(title: string): void {
  useEffect(() => {
    page = title;
    write();
  }, [title]);
}

/** A number before the title: offers that wait for an answer. */
export function useTitleBadge(count: number): void {
  useEffect(() => {
    badge = count;
    write();
    return () => {
      badge = 0;
      write();
    };
  }, [count]);
}
