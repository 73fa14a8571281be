import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

const crisis = createRoute({
  getParentRoute: () => rootRoute,
  path: "/crisis",
  component: lazyRouteComponent(() => import("./CrisisPage"), "CrisisPage"),
});

export const crisisRoutes = [crisis] as const;
