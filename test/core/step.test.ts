import {
  Adam,
  add,
  crossEntropy,
  GRU,
  Linear,
  LSTM,
  mean,
  mse,
  RNN,
  sum,
  tensor,
  valueAndGrad,
  zeros,
} from "gatewise";
import { describe, expect, it } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";

describeKernelSets("what a step takes for granted", () => {
  it("refuses parameters that change between forward and backward", () => {
    const layer = new Linear(2, 2, { seed: 1 });
    const x = tensor([[1, 2]]);
    const optimizer = new Adam();
    const before = layer.weight.data;
    expect(() =>
      valueAndGrad(
        () => {
          const loss = sum(layer.forward(x));
          layer.weight.assign(zeros([2, 2]));
          return loss;
        },
        { x },
      ),
    ).toThrow(/Parameter.*stay/);
    layer.weight.assign(before);
    const inner = (): void => optimizer.update({ w: layer.weight }, { w: zeros([2, 2]) });
    expect(() =>
      optimizer.minimize(() => {
        const loss = sum(layer.forward(x));
        inner();
        return loss;
      }),
    ).toThrow(/update.*differentiated/);
    expect(layer.weight.data).toEqual(before);
  });

  it("refuses modules that were disposed of meanwhile, and leaves others alone", () => {
    const gone = new Linear(4, 4, { seed: 1 });
    let other: Linear | undefined;
    let weights: Float32Array | undefined;
    expect(() =>
      new Adam({ learningRate: 1 }).minimize(() => {
        const loss = sum(gone.forward(zeros([1, 4])));
        gone.dispose();
        other = new Linear(4, 4, { seed: 2 });
        weights = other.weight.data;
        return loss;
      }),
    ).toThrow(/disposed/);
    expect(other!.weight.data).toEqual(weights);
  });

  it("keeps long sums right", () => {
    const n = 3_000_000;
    const x = tensor(new Float32Array(n).fill(0.1));
    expect(mean(x).item()).toBeCloseTo(0.1, 6);
    expect(mse(x, zeros([n])).item()).toBeCloseTo(0.01, 7);
    expect(crossEntropy(zeros([60_000, 10]), new Int32Array(60_000)).item()).toBeCloseTo(
      Math.log(10),
      5,
    );
    const scalar = tensor([0]);
    const { gradients } = valueAndGrad(() => mean(add(x, scalar)), { scalar });
    expect(gradients.scalar.item()).toBeCloseTo(1, 5);
  });

  it.each([
    ["RNN", () => new RNN(2, 3, { seed: 1 })],
    ["LSTM", () => new LSTM(2, 3, { seed: 1 })],
    ["GRU", () => new GRU(2, 3, { seed: 1 })],
    ["GRU, reset before", () => new GRU(2, 3, { seed: 1, resetAfter: false })],
  ] as const)("%s: an infinite input leaves the other sequences alone", (_, create) => {
    const layer = create() as GRU;
    const run = (first: number): Float32Array => {
      const x = tensor([first, 1, 0.5, -1, 2, 0.25], [3, 1, 2]);
      const { gradients } = valueAndGrad(() => sum(layer.forward(x).output), { x });
      return gradients.x.data.slice(2); // of the second and third sequence
    };
    expect(run(Number.POSITIVE_INFINITY)).toEqual(run(0));
  });

  it("an infinite input saturates the gates of its own sequence, whatever H", () => {
    for (const h of [3, 4]) {
      const layer = new LSTM(2, h, { seed: 1 });
      const weights = layer.parameters().weight_ih_l0!;
      weights.assign(new Float32Array(weights.size).fill(0.5)); // no ∞ - ∞ among the real ones
      const x = tensor([[[Number.POSITIVE_INFINITY, 1]]]);
      const { gradients } = valueAndGrad(() => sum(layer.forward(x).output), { x });
      expect([...gradients.x.data], `H = ${h}`).toEqual([0, 0]);
    }
  });
});

describe("sizes beyond memory", () => {
  it("are a RangeError that says so", () => {
    expect(() => new Linear(65536, 65536)).toThrow(/^Linear: expected at most 1073741824/);
    expect(() => zeros([2 ** 20, 2 ** 20])).toThrow(/^zeros: expected a shape of at most/);
  });
});
