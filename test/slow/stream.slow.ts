import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { slice } from "./slice.ts";

const steps = slice(10_000_000, 1_000_000);
const program = fileURLToPath(new URL("stream-program.mjs", import.meta.url));

interface Measured {
  /** Bytes allocated during the steps, dead or alive; all of them where no collection ran. */
  readonly allocated: number;
  readonly collections: number;
  /** Bytes more in use than before, after a forced collection. */
  readonly kept: number;
}

// In a process of its own, on the built package: Vitest's own bookkeeping would be measured with it. V8 reports heapUsed to
// the byte, and what the program itself allocates between its two readings is the first of them, some 240 bytes.
test(`${steps} steps of a stream allocate nothing`, () => {
  const output = execFileSync(process.execPath, ["--expose-gc", program, `${steps}`]);
  const { stream, control } = JSON.parse(output.toString()) as Record<string, Measured>;
  console.info(
    `memory over ${steps} steps of a stream: ${stream!.allocated} bytes allocated, ${stream!.collections} collections, ` +
      `${(stream!.kept / 1024).toFixed(0)} KB more in use after one; one object a step: ${control!.collections} collections`,
  );
  expect(control!.collections, "the measurement sees one small object a step").toBeGreaterThan(0);
  expect(stream!.collections).toBe(0);
  expect(stream!.allocated).toBeLessThan(64 * 1024);
  expect(stream!.kept).toBeLessThan(256 * 1024); // V8's own: code that it compiled anew
});
