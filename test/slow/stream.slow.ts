import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { slice } from "./slice.ts";

const steps = slice(10_000_000, 1_000_000);

interface Measured {
  /** Bytes allocated during the steps, dead or alive; all of them where no collection ran. */
  readonly allocated: number;
  readonly collections: number;
  /** Bytes more in use than before, after a forced collection. */
  readonly kept: number;
}

// In a process of its own, on the built package: Vitest's own bookkeeping would be measured with it. V8 reports heapUsed to
// the byte, and what the program itself allocates between its two readings is the first of them, some 240 bytes.
test.each([
  ["a stream", "stream-program.mjs"],
  ["the audio thread's processor", "worklet-program.mjs"],
])(`${steps} steps of %s allocate nothing`, (name, file) => {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const output = execFileSync(process.execPath, ["--expose-gc", program, `${steps}`]);
  const { measured, control } = JSON.parse(output.toString()) as Record<string, Measured>;
  console.info(
    `memory over ${steps} steps of ${name}: ${measured!.allocated} bytes allocated, ${measured!.collections} collections, ` +
      `${(measured!.kept / 1024).toFixed(0)} KB more in use after one; one object a step: ${control!.collections} collections`,
  );
  expect(control!.collections, "the measurement sees one small object a step").toBeGreaterThan(0);
  expect(measured!.collections).toBe(0);
  expect(measured!.allocated).toBeLessThan(64 * 1024);
  expect(measured!.kept).toBeLessThan(1024 * 1024); // V8's compiled code comes and goes by up to 260 KB; a byte in ten steps would be as much as this
});
