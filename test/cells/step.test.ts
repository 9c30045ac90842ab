import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import { covering, describeCase, expectedOf, expectRun, partsOf, runCase } from "./oracle.ts";
import { registry } from "./registry.ts";

const cases = [
  ...covering(0, 2, 3, 0),
  ...covering(1, 0, 5, 0),
  { I: 17, H: 17, B: 1, T: 1 },
  { I: 3, H: 5, B: 4, T: 1, bias: false },
].map((c) => ({ ...c, T: 1 }));

describeKernelSets("one step", () => {
  for (const { name, make, reference } of registry) {
    test.each(cases.map((c) => [describeCase(c), c] as const))(
      `${name} gives what the equations give, and their gradients: %s`,
      (label, shape) => {
        const expected = expectedOf(name, reference, shape);
        const cell = make(shape.I, shape.H, { bias: !("bias" in shape) });
        const run = runCase(cell, shape, expected, (c, x, state) => {
          const [output, next] = c.call(x.reshape([shape.B, shape.I]), state);
          return { outputs: output.reshape([shape.B, 1, shape.H]), state: next };
        });
        expectRun(run, expected, label);
      },
    );

    test(`${name} names its sizes, its parameters and a state of zeros`, () => {
      const cell = make(3, 5);
      const G = reference.gates;
      expect([cell.inputSize, cell.outputSize]).toEqual([3, 5]);
      const shapes = Object.entries(cell.parameters()).map(([key, p]) => [key, p.shape]);
      expect(shapes).toEqual([
        ["weight_ih", [G * 5, 3]],
        ["weight_hh", [G * 5, 5]],
        ["bias_ih", [G * 5]],
        ["bias_hh", [G * 5]],
      ]);
      const zero = partsOf(cell.zeroState(2));
      expect(Object.keys(zero).sort()).toEqual([...reference.stateNames].sort());
      for (const part of Object.values(zero)) {
        expect(part.shape).toEqual([2, 5]);
        expect([...part.data].every((v) => v === 0)).toBe(true);
      }
      expect(Object.keys(make(3, 5, { bias: false }).parameters())).toEqual([
        "weight_ih",
        "weight_hh",
      ]);
    });

    test(`${name} starts from the seed's numbers, within ±1/√H`, () => {
      const numbers = (seed: number) =>
        Object.values(make(4, 9, { seed }).parameters()).flatMap((p) => [...p.data]);
      expect(numbers(7)).toEqual(numbers(7));
      expect(numbers(7)).not.toEqual(numbers(8));
      const all = numbers(7);
      expect(all.every((v) => Math.abs(v) <= 1 / 3 + 1e-7)).toBe(true);
      expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(0.5);
    });
  }
});
