import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

export const counterRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: "/ventanilla",
    component: lazyRouteComponent(() => import("./CounterPage"), "CounterPage"),
  }),
] as const;
