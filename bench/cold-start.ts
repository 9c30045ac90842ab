import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build, buildSync } from "esbuild";
import { median } from "./measure.ts";

/** W9: from process start to first output, and what an inference import weighs. */
export interface ColdStart {
  /** Milliseconds of `node -e 0`, and what the program takes over it: the package as installed, and in one bundled file. */
  readonly bare: number;
  readonly over: number;
  readonly overBundled: number;
  /** Bytes of `export { LSTM } from "gatewise"`, bundled and minified, and through gzip -9. */
  readonly minified: number;
  readonly gzip: number;
}

const program = fileURLToPath(new URL("./cold-start.mjs", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const options = { bundle: true, minify: true, format: "esm" } satisfies BuildOptions;

function spawned(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`cold start: ${stderr}`);
  return performance.now() - start;
}

/** Medians of `spawns` processes of each kind, in turn. */
export async function coldStart(spawns: number): Promise<ColdStart> {
  const folder = mkdtempSync(join(tmpdir(), "gatewise-bench-"));
  try {
    const bundle = join(folder, "bundle.mjs");
    buildSync({ ...options, entryPoints: [program], outfile: bundle });
    const commands = [["-e", "0"], [program], [bundle]];
    const times = commands.map((): number[] => []);
    for (let n = -2; n < spawns; n++)
      commands.forEach((args, i) => {
        const time = spawned(args);
        if (n >= 0) times[i]!.push(time); // the first two fill the disk's cache
      });
    const [bare, installed, bundled] = times as [number[], number[], number[]];
    const over = (all: number[]): number => median(all.map((time, n) => time - bare[n]!));
    const stdin = { contents: `export { LSTM } from "gatewise"`, resolveDir: root };
    const { outputFiles } = await build({ ...options, stdin, write: false });
    const { contents } = outputFiles[0]!;
    return {
      bare: median(bare),
      over: over(installed),
      overBundled: over(bundled),
      minified: contents.length,
      gzip: gzipSync(contents, { level: 9 }).length,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
