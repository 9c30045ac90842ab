import { add, Embedding, embedding, mul, ones, SGD, sum, tensor, valueAndGrad } from "gatewise";
import { expect, test } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";

describeKernelSets("Embedding", () => {
  test("looks rows up, whatever the shape of the indices", () => {
    const layer = new Embedding(5, 3, { seed: 1 });
    const rows = layer.weight.toArray();
    expect(layer.forward([4, 0]).toArray()).toEqual([rows[4], rows[0]]);
    expect(layer.forward([[1], [3]]).toArray()).toEqual([[rows[1]], [rows[3]]]);
    expect(layer.forward(Int32Array.of(2)).shape).toEqual([1, 3]);
    expect(Object.keys(layer.parameters())).toEqual(["weight"]);
  });

  test("starts from N(0, 1), the same bits for the same seed", () => {
    const { data } = new Embedding(200, 50, { seed: 3 }).weight;
    const moment = (k: number) => data.reduce((total, v) => total + v ** k, 0) / data.length;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(new Embedding(200, 50, { seed: 3 }).weight.data).toEqual(data);
    expect(new Embedding(200, 50, { seed: 4 }).weight.data).not.toEqual(data);
  });

  test("takes a weight of another module as it is, and both learn it", () => {
    const own = new Embedding(4, 2, { seed: 1 });
    const before = own.weight.toArray();
    const shared = new Embedding(4, 2, { weight: own.weight, paddingIndex: 2 });
    expect(shared.weight).toBe(own.weight);
    expect(shared.forward([2, 1]).toArray()).toEqual([before[2], before[1]]);
    new SGD({ learningRate: 1 }).minimize(() => sum(shared.forward([1])));
    expect(own.forward([1]).toArray()[0][0]).toBeCloseTo(before[1][0] - 1, 5);
    expectErrors([
      [
        "shape",
        RangeError,
        () => new Embedding(4, 3, { weight: own.weight }),
        /\[4, 3\], got \[4, 2\]/,
      ],
      ["kind", TypeError, () => new Embedding(1, 1, { weight: wrong([[1]]) }), /to be a parameter/],
    ]);
  });

  test("padding is zeros, stays zeros while the rest learns, and keeps what it is assigned", () => {
    const layer = new Embedding(4, 2, { paddingIndex: 2, seed: 1 });
    const before = layer.weight.toArray();
    expect(before[2]).toEqual([0, 0]);
    const optimizer = new SGD({ learningRate: 1 });
    optimizer.minimize(() => sum(layer.forward([2, 1, 2, 3, 1])));
    const after = layer.weight.toArray();
    expect(after[2]).toEqual([0, 0]);
    expect(after[0]).toEqual(before[0]);
    for (const c of [0, 1]) {
      expect(after[1][c]).toBeCloseTo(before[1][c] - 2, 5);
      expect(after[3][c]).toBeCloseTo(before[3][c] - 1, 5);
    }
    layer.weight.assign(ones([4, 2]));
    expect(layer.forward([2]).toArray()).toEqual([[1, 1]]);
  });

  test("the gradient that padding has from elsewhere stays", () => {
    const weight = tensor([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const { gradients } = valueAndGrad(
      () => add(sum(embedding(weight, [1, 0, 1], { paddingIndex: 1 })), sum(mul(weight, 10))),
      { weight },
    );
    expect(gradients.weight.toArray()).toEqual([
      [11, 11],
      [10, 10],
      [10, 10],
    ]);
  });

  test("refuses what is not there", () => {
    const wrong = (value: unknown) => value as never;
    expect(() => new Embedding(0, 3)).toThrow(/^Embedding: expected count/);
    expect(() => new Embedding(3, wrong("3"))).toThrow(TypeError);
    expect(() => new Embedding(3, 2, { paddingIndex: 3 })).toThrow(
      /^Embedding: expected paddingIndex below 3, got 3/,
    );
    expect(() => new Embedding(3, 2, { paddingIndex: -1 })).toThrow(RangeError);
    expect(() => new Embedding(3, 2, { paddingIndex: wrong("1") })).toThrow(TypeError);
    expect(() => new Embedding(3, 2, wrong({ padding: 1 }))).toThrow(/^Embedding: .*padding/);
    expect(() => new Embedding(3, 2, { seed: -1 })).toThrow(/^Embedding: expected seed/);
    expect(() => new Embedding(3, 2).forward([3])).toThrow(/^embedding: expected indices .*got 3/);
    expect(() => embedding(ones([3, 2]), [1], { paddingIndex: 7 })).toThrow(RangeError);
  });
});
