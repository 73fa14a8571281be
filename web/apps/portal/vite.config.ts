import { defineConfig, mergeConfig } from "vite";
import { firstPageBudget } from "../../vite.budget.ts";
import { shared } from "../../vite.shared.ts";
import { early } from "./early.ts";
import { installable } from "./pwa.ts";

export default defineConfig(
  mergeConfig(shared("/"), {
    plugins: [early(), installable(), firstPageBudget({ script: 170_000, style: 12_000 })],
    build: {
      rolldownOptions: {
        output: {
          // Named, so that the service worker can leave them out.
          chunkFileNames: ({ name }: { name: string }) => `assets/${{ BarCanvas: "chart", PlaceMap: "map" }[name] ?? name}-[hash].js`,
        },
      },
    },
  }),
);
