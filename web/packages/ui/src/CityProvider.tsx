import { MantineProvider, type MantineThemeOverride } from "@mantine/core";
import type { ReactNode } from "react";
import { cityTheme } from "./theme/theme";

/** The nonce that the edge wrote into this page; style sheets added at run time carry it. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}

/** Where the scroll lock behind Mantine's windows looks for the nonce of the style sheet that it adds. */
declare global {
  var __webpack_nonce__: string | undefined;
}
globalThis.__webpack_nonce__ = pageNonce();

const theme = cityTheme();

export function CityProvider({ children, theme: given }: { children: ReactNode; theme?: MantineThemeOverride }) {
  return (
    <MantineProvider theme={given ?? theme} forceColorScheme="light" getStyleNonce={pageNonce}>
      {children}
    </MantineProvider>
  );
}
