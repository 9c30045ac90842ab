import {
  bidirectionalDynamicRNN,
  type Cell,
  dynamicRNN,
  LSTM,
  type Tensor,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { expectFloat32 } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import {
  assignAll,
  asTensor,
  expectedOf,
  expectRun,
  type Given,
  givenOf,
  partsOf,
  runCase,
  stateOf,
  weightedSum,
} from "./oracle.ts";
import { registry, type State } from "./registry.ts";
import { Unfused } from "./unfused.ts";

const [I, H, B, T] = [3, 5, 4, 9];
const lengths = [1, 9, 0, 4]; // sorted by length an order that is not its own inverse

/** The entries of a [B, T, width] array that stand beyond their sequence's length. */
const beyond = (width: number): boolean[] =>
  Array.from({ length: B * T * width }, (_, k) => {
    const row = Math.floor(k / width);
    return row % T >= lengths[Math.floor(row / T)]!;
  });

/** NaN in the padding of the inputs, and in the factors by which the loss reads the padding of the outputs. */
const poisoned = ({ numbers, upstream }: Given): Given => {
  const [inX, inOutputs] = [beyond(I), beyond(H)];
  return {
    numbers: { ...numbers, x: numbers.x!.map((v, k) => (inX[k] ? Number.NaN : v)) },
    upstream: {
      ...upstream,
      outputs: upstream.outputs.map((v, k) => (inOutputs[k] ? Number.NaN : v)),
    },
  };
};

const options = { sequenceLength: lengths };
const unrolled = (cell: Cell<State>, x: Tensor, initialState: State) =>
  dynamicRNN(cell, x, { ...options, initialState });

describeKernelSets("lengths", () => {
  for (const { name, make, reference } of registry) {
    const ways = [
      ["fused", () => make(I, H)],
      ["step by step", () => new Unfused(make(I, H))],
    ] as const;
    test.each(ways)(`${name}, %s: steps beyond a length are not computed`, (way, cell) => {
      const expected = expectedOf(name, reference, { I, H, B, T, lengths });
      const run = runCase(cell(), { I, H, B, T }, poisoned(expected), unrolled);
      expect(run.loss).toBeNaN(); // 0 · NaN in the loss: nothing of it may reach a gradient
      expectRun({ ...run, loss: expected.loss }, expected, way);
      beyond(H).forEach((is, k) => {
        if (is) expect(run.outputs[k]).toBe(0);
      });
      beyond(I).forEach((is, k) => {
        if (is) expect(run.gradients.x![k]).toBe(0);
      });
    });

    test.each(ways)(
      `${name}, %s: a sequence of length 0 ends in its initial state`,
      (way, cell) => {
        const shape = { I, H, B, T: 3, lengths: [0, 0, 0, 0] };
        const expected = expectedOf(name, reference, shape);
        const run = runCase(cell(), shape, expected, (c, x, initialState) =>
          dynamicRNN(c, x, { sequenceLength: shape.lengths, initialState }),
        );
        expectRun(run, expected, way);
        for (const part of reference.stateNames) {
          expect([...run.state[part]!]).toEqual([...expected.numbers[part]!]);
          expectFloat32(
            run.gradients[part]!,
            expected.upstream[part]!,
            `gradient of ${part}`,
            1e-6,
          );
        }
        expect(run.gradients.weight_hh!.every((v) => v === 0)).toBe(true);
      },
    );

    test(`${name}: the order of the sequences does not matter`, () => {
      const { numbers } = givenOf(reference, { I, H, B, T });
      const cell = make(I, H);
      assignAll(cell.parameters(), numbers);
      const x = asTensor(numbers.x!, [B, T, I]);
      const all = dynamicRNN(cell, x, options);
      lengths.forEach((length, b) => {
        const one = dynamicRNN(cell, x.slice([b, 0, 0], [1, T, I]), { sequenceLength: [length] });
        const row = all.outputs.slice([b, 0, 0], [1, T, H]);
        one.outputs.data.forEach((v, k) => {
          expect(Math.abs(row.data[k]! - v)).toBeLessThan(2e-6);
        });
      });
    });

    test(`${name}: backwards, a sequence starts at its own last step and reads no padding`, () => {
      const shape = { I, H, B, T, lengths, reverse: true };
      const expected = expectedOf(name, reference, shape);
      const other = make(I, H, { seed: 5 });
      const run = runCase(make(I, H), shape, poisoned(expected), (cell, x, state) => {
        const { outputs, states } = bidirectionalDynamicRNN(other, cell, x, {
          ...options,
          initialState: [other.zeroState(B), state],
        });
        return { outputs: outputs[1], state: states[1] };
      });
      expectRun({ ...run, loss: expected.loss }, expected, "backward direction");
    });
  }

  test("a stack of layers reads no padding either", () => {
    const net = new LSTM(I, H, { numLayers: 2, bidirectional: true, seed: 3 });
    const { numbers } = givenOf(registry[0]!.reference, { I, H, B, T });
    const clean = asTensor(numbers.x!, [B, T, I]);
    const padding = beyond(I);
    const dirty = asTensor(
      numbers.x!.map((v, k) => (padding[k] ? Number.NaN : v)),
      [B, T, I],
    );
    const gradientsOf = (x: Tensor) =>
      valueAndGrad(
        () => {
          const { output, state } = net.forward(x, undefined, { lengths });
          const parts = { outputs: output, ...partsOf(state) };
          const ones = Object.entries(parts).map(([k, t]) => [k, new Float64Array(t.size).fill(1)]);
          return weightedSum(parts, Object.fromEntries(ones));
        },
        { x, ...net.parameters() } as Record<string, Tensor>,
      );
    const [a, b] = [gradientsOf(clean), gradientsOf(dirty)];
    expect(b.value).toBe(a.value);
    for (const [key, gradient] of Object.entries(b.gradients)) {
      expect(gradient.data, key).toEqual(a.gradients[key]!.data);
    }
  });

  test("lengths come as numbers or as an Int32Array", () => {
    const cell = registry[0]!.make(I, H);
    const x = asTensor(givenOf(registry[0]!.reference, { I, H, B, T }).numbers.x!, [B, T, I]);
    const initialState = stateOf({ h: cell.zeroState(B) as Tensor });
    const typed = dynamicRNN(cell, x, { sequenceLength: Int32Array.from(lengths), initialState });
    expect(typed.outputs.data).toEqual(dynamicRNN(cell, x, options).outputs.data);
  });
});
