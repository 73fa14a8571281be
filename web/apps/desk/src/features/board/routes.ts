import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

interface BoardSearch {
  /** Only this unit. */
  unidad?: string | undefined;
}

const UNIT = /^[a-z0-9][a-z0-9_-]{0,63}$/;

function readSearch(search: Record<string, unknown>): BoardSearch {
  const unidad = search["unidad"];
  return typeof unidad === "string" && UNIT.test(unidad) ? { unidad } : {};
}

const queues = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tablero",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./QueuesPage"), "QueuesPage"),
});
const people = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tablero/personas",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./PeoplePage"), "PeoplePage"),
});
const due = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tablero/plazos",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./DuePage"), "DuePage"),
});
const failures = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tablero/fallos",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./FailuresPage"), "FailuresPage"),
});
const surveys = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tablero/encuestas",
  validateSearch: readSearch,
  component: lazyRouteComponent(() => import("./SurveysPage"), "SurveysPage"),
});

export const boardRoutes = [queues, people, due, failures, surveys] as const;
