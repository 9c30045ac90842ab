// Builds the package: bindings/ -> dist/. Declarations by tsc, one file each; JavaScript by esbuild, one file an entry and one
// for what they share, since a program that imports sixty small files starts 20 ms later. The file for the audio thread has
// everything in it. The kernels' module stands beside it for those who load it themselves, and gatewise.min.js for pages that
// load everything of the main entry as one file.
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { packageBuild, workletBuild } from "./build-options.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
const tsc = `${root}node_modules/typescript/bin/tsc`;
execFileSync(process.execPath, [tsc, "-p", "tsconfig.json", "--emitDeclarationOnly"], {
  cwd: root,
  stdio: "inherit",
});

const { version, license } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const options = { ...packageBuild, external: ["cli-progress"], outdir: "dist" };
await build({
  ...options,
  entryPoints: {
    index: "bindings/index.ts",
    "audio/index": "bindings/audio/index.ts",
    "data/index": "bindings/data/index.ts",
    "js/index": "bindings/js/index.ts",
    "seq2seq/index": "bindings/seq2seq/index.ts",
    "terminal/index": "bindings/terminal/index.ts",
    "text/index": "bindings/text/index.ts",
    "word2vec/index": "bindings/word2vec/index.ts",
  },
  splitting: true,
});
await build({
  ...options,
  entryPoints: { "gatewise.min": "bindings/index.ts" },
  minify: true,
  banner: { js: `/*! gatewise ${version}, ${license} licence */` },
});
await build({ ...workletBuild, outfile: "dist/worklet/index.js" });
copyFileSync(`${root}build/kernels.wasm`, `${root}dist/kernels.wasm`);
