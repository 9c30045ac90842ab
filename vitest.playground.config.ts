import { defineConfig } from "vitest/config";

/** The playground, built and driven in Chromium, panel by panel. */
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/playground/*.page.ts"],
    globalSetup: "test/playground/serve.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false, // training takes a core, the page another
  },
});
