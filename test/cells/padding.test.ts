import { type Cell, dynamicRNN, type Tensor, valueAndGrad } from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import {
  assignAll,
  asTensor,
  type Given,
  givenOf,
  partsOf,
  stateOf,
  weightedSum,
} from "./oracle.ts";
import { registry, type State } from "./registry.ts";

// Kernels pad H to whole vectors. An infinite input makes NaN of the padding (∞ · 0), which must stay there.
const [I, B, T] = [3, 2, 4];

/** Gradients where `value` stands in the inputs of every sequence at `steps`, and random numbers otherwise. */
function run(
  cell: Cell<State>,
  { numbers, upstream }: Given,
  value: number,
  steps: readonly number[],
): Record<string, Float32Array> {
  assignAll(cell.parameters(), numbers);
  const H = cell.outputSize;
  const inputs = numbers.x!.map((v, k) =>
    steps.includes(Math.floor(k / I) % T) && k % I === 1 ? value : v,
  );
  const x = asTensor(inputs, [B, T, I]);
  const initial: Record<string, Tensor> = { h: asTensor(numbers.h!, [B, H]) };
  if (numbers.c) initial.c = asTensor(numbers.c, [B, H]);
  const { gradients } = valueAndGrad(
    () => {
      const { outputs, state } = dynamicRNN(cell, x, { initialState: stateOf(initial) });
      return weightedSum({ outputs, ...partsOf(state) }, upstream);
    },
    { x, ...initial, ...cell.parameters() } as Record<string, Tensor>,
  );
  const { weight_ih: _, ...finite } = gradients; // that one is a multiple of the input
  return Object.fromEntries(Object.entries(finite).map(([name, g]) => [name, g.data]));
}

describeKernelSets("padding of the hidden size", () => {
  for (const { name, make, reference } of registry) {
    test.each([1, 3, 5, 9])(`${name} of %i: an infinite input is a very large one`, (H) => {
      const given = givenOf(reference, { I, H, B, T });
      const steps = name === "RNN relu" ? [T - 1] : [1, T - 1]; // relu would carry it on: ∞ - ∞
      const infinite = run(make(I, H), given, Number.POSITIVE_INFINITY, steps);
      const large = run(make(I, H), given, 1e30, steps);
      for (const [of, gradient] of Object.entries(infinite)) {
        expect(gradient.every(Number.isFinite), of).toBe(true);
        expect(gradient, of).toEqual(large[of]);
      }
    });
  }
});
