import { fileURLToPath } from "node:url";

/**
 * How esbuild makes the file for the audio thread: everything in one, minified, since no bundler comes after it.
 * @type {import("esbuild").BuildOptions}
 */
export const workletBuild = {
  absWorkingDir: fileURLToPath(new URL("../", import.meta.url)),
  entryPoints: ["bindings/worklet/index.ts"],
  bundle: true,
  minify: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  sourcemap: true,
  sourcesContent: true,
  legalComments: "none",
};
