import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

const all = createRoute({
  getParentRoute: () => rootRoute,
  path: "/incidentes",
  component: lazyRouteComponent(() => import("./IncidentsPage"), "IncidentsPage"),
});
const one = createRoute({
  getParentRoute: () => rootRoute,
  path: "/incidentes/$incidentId",
  component: lazyRouteComponent(() => import("./IncidentPage"), "IncidentPage"),
});

export const incidentRoutes = [all, one] as const;
