import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const bindings = fileURLToPath(new URL("../bindings", import.meta.url));

/** Bytes of a module that exports such names of an entry ("text/index.ts") again, as a bundler makes it for production. */
export async function weigh(entry: string, names: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export ${names === "*" ? names : `{ ${names} }`} from "./${entry}"`,
      resolveDir: bindings,
    },
    external: ["cli-progress"],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}
