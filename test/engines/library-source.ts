import { build } from "esbuild";
import type { Plugin } from "vitest/config";

const id = "virtual:gatewise";

/** What tests of the library's first use want: its names, those of gatewise/js and the bytes of its kernels. */
const entry = `
export * from "./bindings/index.ts";
export { jsKernels } from "./bindings/js/index.ts";
export { embeddedKernels } from "./bindings/core/kernels.ts";
`;

/** Gives tests the source of the whole library as one module in a string, of which they can load as many as they like. */
export function librarySource(root: string): Plugin {
  return {
    name: "gatewise-library-source",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    async load(source) {
      if (source !== `\0${id}`) return undefined;
      const stdin = { contents: entry, resolveDir: root, loader: "ts" as const };
      const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false });
      return `export default ${JSON.stringify(outputFiles[0]!.text)};`;
    },
  };
}
