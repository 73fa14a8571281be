import type { Role } from "../../auth/context";

/** Those who answer many people at once. */
export const LEADS: readonly Role[] = ["supervisor", "unit_manager", "admin"];
