import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";
import { validateSearch } from "./filter";

export const inboxRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/casos",
  validateSearch,
  component: lazyRouteComponent(() => import("./InboxPage"), "InboxPage"),
});

export const caseRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: "$caseId",
  component: lazyRouteComponent(() => import("../case/CasePage"), "CasePage"),
});

export const inboxRoutes = [inboxRoute.addChildren([caseRoute])] as const;
