import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { slice } from "./slice.ts";

const steps = slice(100_000, 20_000);
const program = fileURLToPath(new URL("memory-program.mjs", import.meta.url));

interface Memory {
  readonly wasm: readonly [before: number, after: number];
  readonly heap: readonly [before: number, after: number];
}

/** In a process of its own, on the built package: Vitest's own bookkeeping would be measured with it. */
function measure(flags: readonly string[], from: number, to: number): number {
  const output = execFileSync(process.execPath, [
    "--expose-gc",
    ...flags,
    program,
    `${from}`,
    `${to}`,
  ]);
  const { wasm, heap } = JSON.parse(output.toString()) as Memory;
  expect(wasm[1], "bytes of WebAssembly memory").toBe(wasm[0]);
  const grown = heap[1] - heap[0];
  console.info(
    `memory, steps ${from} to ${to}${flags.map((flag) => ` ${flag}`).join("")}: WebAssembly ${wasm[0]} bytes throughout, ` +
      `JavaScript heap ${grown > 0 ? "+" : ""}${(grown / 1024).toFixed(0)} KB`,
  );
  return grown;
}

// What V8's optimising compiler makes of the library's JavaScript takes 200 to 500 KB of the heap, by chance, in the first
// thousands of steps. So what the library keeps is measured from the beginning without that compiler, and with it once it is done.
test(`${steps} training steps leave memory as it was after the first 100`, () => {
  expect(measure(["--no-opt"], 100, steps)).toBeLessThan(256 * 1024);
  const settled = steps / 2;
  const grown = [1, 2, 3].map(() => measure([], settled, steps));
  expect(Math.min(...grown)).toBeLessThan(256 * 1024);
});
