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

// In a process of its own, on the built package: Vitest's own bookkeeping would be measured with it. V8 keeps more or less
// compiled code by chance, which only adds; a leak would be in every run, so the smallest of three counts.
test(`${steps} training steps leave memory as it was after the first 100`, () => {
  const runs = [1, 2, 3].map(() => {
    const output = execFileSync(process.execPath, ["--expose-gc", program, `${steps}`]);
    const { wasm, heap } = JSON.parse(output.toString()) as Memory;
    expect(wasm[1]).toBe(wasm[0]);
    return { wasm: wasm[1], grown: heap[1] - heap[0] };
  });
  const kilobytes = runs.map(({ grown }) => (grown / 1024).toFixed(0));
  console.info(
    `memory over ${steps} steps: WebAssembly ${runs[0]!.wasm} bytes after 100 and at the end; ` +
      `JavaScript heap + ${kilobytes.join(", ")} KB in three runs`,
  );
  expect(Math.min(...runs.map(({ grown }) => grown))).toBeLessThan(256 * 1024);
});
