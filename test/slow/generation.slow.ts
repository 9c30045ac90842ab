import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { slice } from "./slice.ts";

const length = slice(1_000_000, 100_000);
const program = fileURLToPath(new URL("generation-program.mjs", import.meta.url));

interface Held {
  readonly heap: number;
  readonly external: number;
}

interface Measured {
  readonly written: number;
  readonly early: Held;
  readonly end: Held;
  /** Characters a second: of the fastest 1,000 of the stream, and of 100,000 at once. */
  readonly best: number;
  readonly steady: number;
}

// In a process of its own, on the built package, as the other tests of memory.
test(`memory stands still over ${length} characters`, () => {
  const output = execFileSync(process.execPath, ["--expose-gc", program, `${length}`]);
  const { written, early, end, best, steady } = JSON.parse(output.toString()) as Measured;
  const grown = (end.heap - early.heap) / 1024;
  console.info(
    `${written} characters by LSTM(256): ${grown.toFixed(0)} KB more in use than after a tenth of them; ` +
      `${best.toFixed(0)} characters a second in the fastest stretch of 1,000, ${steady.toFixed(0)} over 100,000 at once`,
  );
  expect(written).toBe(length);
  expect(end.external - early.external, "WebAssembly's among it").toBeLessThan(4096);
  expect(grown).toBeLessThan(512); // V8's own: code that it compiled anew
});
