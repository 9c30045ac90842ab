import { fileURLToPath } from "node:url";

/**
 * The oldest browsers that the package is for. Safari: its first with WebAssembly SIMD. Chrome and Firefox: their first with
 * `AbortSignal.throwIfAborted`, somewhat later than SIMD. TypeScript's `lib` (tsconfig.json) keeps newer parts of the
 * language out of the code; the syntax is esbuild's to lower. README says the same.
 */
export const oldestBrowsers = { chrome: "100", firefox: "97", safari: "16.4" };

/**
 * How esbuild makes the package's files.
 * @type {import("esbuild").BuildOptions}
 */
export const packageBuild = {
  absWorkingDir: fileURLToPath(new URL("../", import.meta.url)),
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: Object.entries(oldestBrowsers).map(([name, version]) => name + version),
  sourcemap: true,
  sourcesContent: true,
  legalComments: "none",
};

/**
 * How it makes the file for the audio thread: everything in one, minified, since no bundler comes after it.
 * @type {import("esbuild").BuildOptions}
 */
export const workletBuild = {
  ...packageBuild,
  entryPoints: ["bindings/worklet/index.ts"],
  minify: true,
};
