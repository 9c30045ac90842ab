import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { expected, losses } from "./expected.ts";
import { consumer, result } from "./support/folder.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** A Node that Miniflare runs in: this one, or the 24 from npm (Linux on x64). */
const modernNode =
  Number.parseInt(process.versions.node, 10) >= 22
    ? process.execPath
    : here("node_modules/node24/bin/node");

/** What workerd answers. */
const answer = (folder: string): Promise<unknown> =>
  result(folder, [here("support/workerd.mjs"), folder], modernNode);

/** A bundle for an edge runtime: .wasm stays a file of its own, which the runtime imports as a compiled module. */
const bundle = (absWorkingDir: string, entry: string) =>
  build({
    absWorkingDir,
    entryPoints: { edge: entry },
    outdir: "dist",
    bundle: true,
    format: "esm",
    loader: { ".wasm": "copy" },
  });

test("workerd, with the imported module", async () => {
  const folder = consumer(["edge.js", "edge-work.js", "training.js", "work.js"]);
  await bundle(folder, "edge-work.js");
  const shape = [2, 5, 16];
  expect(await answer(folder)).toEqual({ shape, ...expected.wasm, trained: losses });
});

test("workerd compiles no bytes: the error says what to do", async () => {
  const folder = consumer(["edge-unconfigured.js", "unconfigured.js"]);
  await bundle(folder, "edge-unconfigured.js");
  expect(await answer(folder)).toMatch(
    /^gatewise: compiling WebAssembly is forbidden here; .*import the module "gatewise\/kernels\.wasm" and await init\(\{ module \}\)/,
  );
});
