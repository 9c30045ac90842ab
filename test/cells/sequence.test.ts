import { type Cell, dynamicRNN, type Tensor } from "gatewise";
import { expect, test } from "vitest";
import { expectFloat32 } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";
import {
  assignAll,
  asTensor,
  covering,
  describeCase,
  expectedOf,
  expectRun,
  expectSameRun,
  givenOf,
  raggedLengths,
  runCase,
  type SequenceCase,
} from "./oracle.ts";
import { registry, type State } from "./registry.ts";
import { Unfused } from "./unfused.ts";

const cases: SequenceCase[] = [
  ...covering(1, 0, 2, 3),
  ...covering(6, 1, 2, 4).map((c, k) => ({ ...c, lengths: raggedLengths(c.B, c.T, k) })),
  { I: 3, H: 4, B: 5, T: 3, bias: false },
];

const unrolled =
  ({ lengths }: SequenceCase) =>
  (cell: Cell<State>, x: Tensor, initialState: State) =>
    dynamicRNN(cell, x, lengths ? { initialState, sequenceLength: lengths } : { initialState });

describeKernelSets("dynamicRNN", () => {
  for (const { name, make, reference } of registry) {
    test.each(cases.map((c) => [describeCase(c), c] as const))(
      `${name}, fused and step by step, gives what the equations give, and their gradients: %s`,
      (label, shape) => {
        const expected = expectedOf(name, reference, shape);
        const { I, H, bias = true } = shape;
        const fused = runCase(make(I, H, { bias }), shape, expected, unrolled(shape));
        expectRun(fused, expected, `fused, ${label}`);
        const stepwise = new Unfused(make(I, H, { bias }));
        const called = runCase(stepwise, shape, expected, unrolled(shape));
        expectRun(called, expected, `step by step, ${label}`);
        expectSameRun(fused, called, `fused and step by step, ${label}`);
      },
    );

    test(`${name}, fused equals step by step with every size 17 and ragged lengths`, () => {
      const shape = { I: 17, H: 17, B: 17, T: 17, lengths: raggedLengths(17, 17, 3) };
      const given = givenOf(reference, shape);
      const fused = runCase(make(17, 17), shape, given, unrolled(shape));
      const called = runCase(new Unfused(make(17, 17)), shape, given, unrolled(shape));
      expectSameRun(fused, called, "fused and step by step");
    });

    test(`${name} starts from zeros where no state is given`, () => {
      const cell = make(3, 5, { seed: 1 });
      const x = asTensor([0.5, -1, 2, 0.25, 3, -0.5], [1, 2, 3]);
      const given = dynamicRNN(cell, x, { initialState: cell.zeroState(1) });
      expect(dynamicRNN(cell, x).outputs.data).toEqual(given.outputs.data);
    });

    test(`${name}, time-major, is the same with the axes exchanged`, () => {
      const [I, H, B, T] = [3, 5, 4, 9];
      const expected = expectedOf(name, reference, { I, H, B, T, lengths: [9, 0, 4, 1] });
      const cell = make(I, H);
      assignAll(cell.parameters(), expected.numbers);
      const swapped = expected.numbers.x!.map((_, k) => {
        const [t, b, i] = [Math.floor(k / (B * I)), Math.floor(k / I) % B, k % I];
        return expected.numbers.x![(b * T + t) * I + i]!;
      });
      const options = { sequenceLength: [9, 0, 4, 1] };
      const major = dynamicRNN(cell, asTensor(swapped, [T, B, I]), { ...options, timeMajor: true });
      const minor = dynamicRNN(cell, asTensor(expected.numbers.x!, [B, T, I]), options);
      expect(major.outputs.shape).toEqual([T, B, H]);
      for (let b = 0; b < B; b++) {
        for (let t = 0; t < T; t++) {
          expect(major.outputs.slice([t, b, 0], [1, 1, H]).data).toEqual(
            minor.outputs.slice([b, t, 0], [1, 1, H]).data,
          );
        }
      }
    });
  }

  test("batch-major after time-major of the same sizes is laid out for itself", () => {
    const cell = registry[0]!.make(2, 3, { seed: 1 });
    const x = asTensor(uniform(18, 1), [3, 3, 2]);
    dynamicRNN(cell, x, { timeMajor: true });
    const { outputs } = dynamicRNN(cell, x);
    const alone = dynamicRNN(cell, x.slice([1, 0, 0], [1, 3, 2])).outputs;
    expectFloat32(outputs.slice([1, 0, 0], [1, 3, 3]).data, alone.data, "the second sequence");
  });
});
