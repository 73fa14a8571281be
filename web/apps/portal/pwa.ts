import { VitePWA } from "vite-plugin-pwa";

const DAY = 86_400;

/**
 * The installable portal: a manifest, and a service worker that opens it without a network.
 *
 * Its rules are written out into the worker's file, so each carries its own pattern. The worker keeps the portal's own files and the city's public answers. Pages come from the network as long as it
 * answers, so that each has a nonce of its own; without it the kept page opens, and the router shows the address.
 */
export function installable() {
  return VitePWA({
    registerType: "prompt",
    manifestFilename: "manifest.json",
    includeManifestIcons: false,
    injectRegister: false,
    manifest: {
      id: "/",
      name: "Atención ciudadana",
      short_name: "Atención",
      description: "Trámites, reportes y consultas de su ciudad, en un solo lugar.",
      lang: "es",
      start_url: "/",
      scope: "/",
      display: "standalone",
      theme_color: "#0b6e70",
      background_color: "#ffffff",
      icons: [
        { src: "/icons/crest.svg", sizes: "any", type: "image/svg+xml" },
        { src: "/icons/icon-192.png", sizes: "192x192", type: "image/png" },
        { src: "/icons/icon-512.png", sizes: "512x512", type: "image/png" },
        { src: "/icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
      ],
      shortcuts: [
        { name: "Trámites", url: "/tramites" },
        { name: "Consultar un caso", url: "/seguimiento" },
      ],
    },
    workbox: {
      inlineWorkboxRuntime: true,
      sourcemap: false,
      globPatterns: ["index.html", "assets/*.{js,css}", "assets/*-latin-wght-*.woff2", "icons/crest.svg"],
      // Large and rarely needed; both have a way without them.
      globIgnores: ["assets/{map,chart,PlaceMap}-*"],
      clientsClaim: true,
      skipWaiting: false,
      cleanupOutdatedCaches: true,
      // Our own rule below takes navigations.
      navigateFallback: null,
      directoryIndex: null,
      runtimeCaching: [
        {
          // Other applications, and the chat that other sites frame, are not the portal's pages.
          urlPattern: ({ request, url, sameOrigin }) =>
            sameOrigin && request.mode === "navigate" && !/^\/(api|auth|desk|embed|webhooks|open311|metrics|readyz|assets|icons)(\/|$)/.test(url.pathname),
          handler: "NetworkOnly",
          options: { precacheFallback: { fallbackURL: "index.html" } },
        },
        {
          // What everybody may read of the city; never what a person wrote or was told.
          urlPattern: ({ url, sameOrigin }) => sameOrigin && /^\/api\/catalog\/v1\/(city|units|faq|procedures(\/[\w-]+)?)$/.test(url.pathname),
          handler: "NetworkFirst",
          options: { cacheName: "city", networkTimeoutSeconds: 4, expiration: { maxEntries: 120, maxAgeSeconds: 30 * DAY }, cacheableResponse: { statuses: [200] } },
        },
      ],
    },
  });
}
