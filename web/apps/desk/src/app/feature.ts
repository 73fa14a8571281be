import type { Icon } from "@atiende/ui";
import type { LinkProps } from "@tanstack/react-router";
import type { ComponentType } from "react";
import type { Role } from "../auth/context";

/** An entry of the main menu; a person without one of its roles does not see it. */
export interface MenuItem {
  to: NonNullable<LinkProps["to"]>;
  search?: LinkProps["search"];
  /** Key of the translation. */
  label: string;
  icon: Icon;
  roles: readonly Role[];
  /** The second key of "g …"; taken: i m u r v (views of the inbox) n w t. */
  key?: string;
  /** A number behind the name, for what waits. */
  Badge?: ComponentType;
  /** What belongs under the entry; `wide` is false while the menu shows pictures only. */
  Below?: ComponentType<{ wide: boolean; onChosen?: (() => void) | undefined }>;
}
