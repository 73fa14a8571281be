import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

/**
 * After a change of page the focus goes to its title, as a page load would have it: keyboards and screen readers begin
 * there. Pages that move the focus themselves (a case beside its list) keep what they did.
 */
export function useFocusOnNavigation(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged || page(fromLocation.pathname) === page(router.state.location.pathname)) return;
        const main = document.getElementById("contenido");
        const target = main?.querySelector<HTMLElement>("h1[tabindex]") ?? main;
        target?.focus({ preventScroll: true });
      }),
    [router],
  );
}

function page(path: string): string {
  return path.split("/")[1] ?? "";
}
