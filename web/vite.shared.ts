import type { UserConfig } from "vite";
import react from "@vitejs/plugin-react";
import { packed } from "./vite.packed.ts";

/**
 * What both applications are built with.
 *
 * The pages are static files; the edge writes a fresh nonce into them at each request (a Caddy template), so that the
 * content security policy needs no `unsafe-inline` for the style sheets that Mantine adds at run time.
 */
export function shared(base: string): UserConfig {
  return {
    base,
    plugins: [react(), packed()],
    html: { cspNonce: "{{placeholder `http.request.uuid`}}" },
    build: {
      target: "es2022",
      sourcemap: false,
      modulePreload: { polyfill: false },
      // A data: URL would need `font-src data:`, and a style sheet does not need one.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
    },
  };
}
