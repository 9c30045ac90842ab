import { defineConfig } from "vitest/config";

process.env.GATEWISE_ENGINES = "node"; // else the base looks for browsers
const { default: base } = await import("./vitest.config.ts");

/** What takes minutes, in Node. CI sets GATEWISE_SLICE=1 and runs a slice of each; docs/figures.md has the last full run. */
export default defineConfig({
  ...base,
  test: {
    include: ["test/slow/*.slow.ts"],
    testTimeout: 20 * 60_000,
    fileParallelism: false,
  },
});
