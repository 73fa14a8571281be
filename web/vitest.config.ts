import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["*.test.ts", "{apps,packages}/*/src/**/*.test.{ts,tsx}"],
    environment: "jsdom",
    setupFiles: ["vitest.setup.ts"],
    // Rendering Mantine on a busy machine of two cores takes its time.
    testTimeout: 20_000,
    passWithNoTests: false,
  },
});
