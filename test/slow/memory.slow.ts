import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { slice } from "./slice.ts";

const steps = slice(100_000, 20_000);
const program = fileURLToPath(new URL("memory-program.mjs", import.meta.url));

interface Memory {
  readonly wasm: readonly [after100: number, atEnd: number];
  readonly heap: readonly [after100: number, atEnd: number];
}

// In a process of its own, on the built package: Vitest's own bookkeeping would be measured with it.
test(`${steps} training steps leave memory as it was after the first 100`, () => {
  const output = execFileSync(process.execPath, ["--expose-gc", program, `${steps}`]);
  const { wasm, heap } = JSON.parse(output.toString()) as Memory;
  const grown = heap[1] - heap[0];
  console.info(
    `memory over ${steps} steps: WebAssembly ${wasm[0]} bytes after 100, ${wasm[1]} at the end; ` +
      `JavaScript heap ${grown > 0 ? "+" : ""}${(grown / 1024).toFixed(0)} KB`,
  );
  expect(wasm[1]).toBe(wasm[0]);
  expect(grown).toBeLessThan(256 * 1024);
});
