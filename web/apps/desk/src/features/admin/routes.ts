import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../app/root";

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: "/administracion",
  component: lazyRouteComponent(() => import("./HomePage"), "HomePage"),
});
const release = createRoute({
  getParentRoute: () => rootRoute,
  path: "/administracion/versiones/$version",
  component: lazyRouteComponent(() => import("./ReleasePage"), "ReleasePage"),
});
const draft = createRoute({
  getParentRoute: () => rootRoute,
  path: "/administracion/borradores/$draft",
  component: lazyRouteComponent(() => import("./DraftLayout"), "DraftLayout"),
});
const overview = createRoute({
  getParentRoute: () => draft,
  path: "/",
  component: lazyRouteComponent(() => import("./DraftPage"), "DraftPage"),
});
const part = createRoute({
  getParentRoute: () => draft,
  path: "/$part",
  component: lazyRouteComponent(() => import("./PartPage"), "PartPage"),
});
const entry = createRoute({
  getParentRoute: () => draft,
  path: "/$part/$key",
  component: lazyRouteComponent(() => import("./EntryPage"), "EntryPage"),
});

export const adminRoutes = [home, release, draft.addChildren([overview, part, entry])] as const;
