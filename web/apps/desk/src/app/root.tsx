import { createRootRoute } from "@tanstack/react-router";
import { Failed } from "./Failed";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

/** The parent of every feature's routes. */
export const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Failed });
