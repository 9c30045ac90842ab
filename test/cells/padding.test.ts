import { type Cell, dynamicRNN, type Tensor, valueAndGrad } from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import { assignAll, asTensor, givenOf, partsOf, stateOf, weightedSum } from "./oracle.ts";
import { registry, type State } from "./registry.ts";

// Kernels pad H to whole vectors. An infinite input makes NaN of the padding (∞ · 0), which must stay there.
const [I, B, T] = [3, 2, 4];

/** Final state and gradients where all sequences end with `last` in their inputs, from random numbers otherwise. */
function run(cell: Cell<State>, { numbers, upstream }: ReturnType<typeof givenOf>, last: number) {
  assignAll(cell.parameters(), numbers);
  const H = cell.outputSize;
  const inputs = numbers.x!.map((v, k) =>
    Math.floor(k / I) % T === T - 1 && k % I === 1 ? last : v,
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
      const infinite = run(make(I, H), given, Number.POSITIVE_INFINITY);
      const large = run(make(I, H), given, 1e30);
      for (const [of, gradient] of Object.entries(infinite)) {
        expect(gradient.every(Number.isFinite), of).toBe(true);
        expect(gradient, of).toEqual(large[of]);
      }
    });
  }
});
