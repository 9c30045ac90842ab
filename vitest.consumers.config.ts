import { defineConfig } from "vitest/config";

/** The packed tarball in empty folders, as its users have it: bundled, type-checked, run in Node, workerd and browsers. */
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/consumers/*.consumer.ts"],
    globalSetup: "test/consumers/support/setup.ts",
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
