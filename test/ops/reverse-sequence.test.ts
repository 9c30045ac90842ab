import { ones, reverseSequence, type Tensor } from "gatewise";
import { expect, test } from "vitest";
import { asTensor } from "../cells/oracle.ts";
import { expectForwardAndGradients } from "../gradient-check.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { at, build } from "../reference/arrays.ts";
import { uniform } from "../reference/random.ts";

const lengths = [2, 5, 0, 4, 1];

describeKernelSets("reverseSequence", () => {
  test.each([
    [[5, 5], false],
    [[5, 6, 3], false],
    [[6, 5, 4], true],
    [[5, 5, 2, 3], false],
  ])("of %j, time-major %s: result and gradient", (shape, timeMajor) => {
    const numbers = uniform(
      shape.reduce((n, d) => n * d, 1),
      1,
    );
    const x = asTensor(numbers, shape);
    const run = (): Tensor => reverseSequence(x, lengths, { timeMajor });
    expect(run().shape).toEqual(shape);
    expectForwardAndGradients({
      label: `${shape}`,
      numbers: { x: numbers },
      targets: { x },
      forward: () => ({ y: run() }),
      reference: () => ({
        y: build(shape, (index) => {
          const [b, t] = timeMajor ? [index[1]!, index[0]!] : [index[0]!, index[1]!];
          const from = t < lengths[b]! ? lengths[b]! - 1 - t : t;
          const [i, j] = timeMajor ? [from, b] : [b, from];
          return at({ shape, data: numbers }, [i, j, ...index.slice(2)]);
        }).data,
      }),
    });
  });

  test("refuses lengths and shapes that do not fit", () => {
    const wrong = (value: unknown) => value as never;
    const x = ones([2, 3]);
    expect(() => reverseSequence(x, [1])).toThrow(/^reverseSequence: expected lengths to have 2/);
    expect(() => reverseSequence(x, [1, 4])).toThrow(RangeError);
    expect(() => reverseSequence(x, wrong(undefined))).toThrow(TypeError);
    expect(() => reverseSequence(ones([2]), [1, 1])).toThrow(
      /^reverseSequence: expected x of shape/,
    );
    expect(() => reverseSequence(x, [1, 1], wrong({ timeMajor: 1 }))).toThrow(TypeError);
    expect(() => reverseSequence(x, [1, 1], wrong({ axis: 1 }))).toThrow(/axis/);
  });
});
