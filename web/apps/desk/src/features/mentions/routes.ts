import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

export const mentionsRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/menciones",
    component: lazyRouteComponent(() => import("./MentionsPage"), "MentionsPage"),
  }),
] as const;
