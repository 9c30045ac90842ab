import { engine, init } from "gatewise";
import { jsKernels } from "gatewise/js";
import { beforeAll, describe, expect } from "vitest";

/** The kernel sets that every test of behaviour runs on: what holds for one holds for the other. */
export const kernelSets: readonly { name: "wasm" | "js"; use(): Promise<unknown> }[] = [
  { name: "wasm", use: () => init({ replace: true }) },
  { name: "js", use: () => init({ kernels: jsKernels, replace: true }) },
];

/** Runs a group of tests on each kernel set; models are to be made inside the tests. */
export function describeKernelSets(title: string, group: (kernels: "wasm" | "js") => void): void {
  describe.each(kernelSets)(`${title} [$name]`, ({ name, use }) => {
    beforeAll(async () => {
      await use();
      expect(engine().kernels).toBe(name);
    });
    group(name);
  });
}
