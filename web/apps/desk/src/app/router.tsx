import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { adminRoutes } from "../features/admin/routes";
import { crisisRoutes } from "../features/crisis/routes";
import { boardRoutes } from "../features/board/routes";
import { counterRoutes } from "../features/counter/routes";
import { inboxRoutes } from "../features/inbox/routes";
import { peopleRoutes } from "../features/people/routes";
import { incidentRoutes } from "../features/incident/routes";
import { mentionsRoutes } from "../features/mentions/routes";
import { rootRoute } from "./root";

const start = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/casos", replace: true });
  },
});

/** Each feature registers its routes here, lazily loaded, and its entries of the menu in `menu.ts`. */
const routeTree = rootRoute.addChildren([
  start,
  ...inboxRoutes,
  ...mentionsRoutes,
  ...incidentRoutes,
  ...counterRoutes,
  ...boardRoutes,
  ...adminRoutes,
  ...peopleRoutes,
  ...crisisRoutes,
]);

export const router = createRouter({
  routeTree,
  basepath: "/desk",
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 300,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
