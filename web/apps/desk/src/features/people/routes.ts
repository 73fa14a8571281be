import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

const people = createRoute({
  getParentRoute: () => rootRoute,
  path: "/personas",
  component: lazyRouteComponent(() => import("./PeoplePage"), "PeoplePage"),
});
const person = createRoute({
  getParentRoute: () => rootRoute,
  path: "/personas/$person",
  component: lazyRouteComponent(() => import("./PersonPage"), "PersonPage"),
});

export const peopleRoutes = [people, person] as const;
