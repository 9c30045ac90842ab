import {
  accuracy,
  argmax,
  binaryAccuracy,
  categoricalAccuracy,
  perplexity,
  sparseCategoricalAccuracy,
  tensor,
} from "gatewise";
import { expect, test } from "vitest";
import {
  addTallies,
  binaryAccuracyTally,
  noTally,
  rateOf,
  sparseAccuracyTally,
} from "../bindings/metrics.ts";
import { describeKernelSets } from "./kernel-sets.ts";
import { build, at as read } from "./reference/arrays.ts";
import { oneHot } from "./reference/loss.ts";
import { uniform } from "./reference/random.ts";

const sizes = [1, 3, 4, 5, 8, 9, 17];

/** Largest at columns 2, 0, 1 and, of equals, 0. */
const prediction = tensor([
  [0.1, 0.2, 0.7],
  [0.6, 0.3, 0.1],
  [0.2, 0.5, 0.3],
  [0.4, 0.4, 0.2],
]);
const classes = [2, 1, 1, 0];

describeKernelSets("argmax", () => {
  test("along any axis, the first of equals, NaN before all", () => {
    for (const n of sizes) {
      const shape = [3, n, 5];
      const data = Float32Array.from(uniform(15 * n, n, 0, 4)).map((v) => Math.round(2 * v) / 2);
      data[7] = Number.NaN;
      const x = { shape, data: Float64Array.from(data) };
      for (const axis of [0, 1, 2]) {
        const rest = shape.filter((_, i) => i !== axis);
        const wanted = build(rest, (index) => {
          const values = Array.from({ length: shape[axis]! }, (_, k) =>
            read(x, [...index.slice(0, axis), k, ...index.slice(axis)]),
          );
          const missing = values.findIndex(Number.isNaN);
          return missing >= 0 ? missing : values.indexOf(Math.max(...values));
        });
        const got = argmax(tensor(data, shape), axis);
        expect(got).toBeInstanceOf(Int32Array);
        expect([...got], `axis ${axis} of ${shape}`).toEqual([...wanted.data]);
      }
    }
  });

  test("along the last axis unless told", () => {
    expect(argmax(prediction)).toEqual(Int32Array.of(2, 0, 1, 0));
    expect(argmax(tensor([3, 5, 4]))).toEqual(Int32Array.of(1));
  });
});

describeKernelSets("metrics", () => {
  test("accuracy of class numbers, in any of their shapes, and of rows with a one", () => {
    const hot = tensor(Float32Array.from(oneHot(classes, 3)), [4, 3]);
    for (const target of [
      classes,
      classes.map((c) => [c]),
      tensor(classes),
      Uint8Array.from(classes),
    ]) {
      expect(accuracy(prediction, target)).toBe(0.75);
      expect(sparseCategoricalAccuracy(prediction, target)).toBe(0.75);
    }
    expect(accuracy(prediction, hot)).toBe(0.75);
    expect(categoricalAccuracy(prediction, hot)).toBe(0.75);
    expect(
      accuracy(prediction.reshape([2, 2, 3]), [
        [2, 1],
        [1, 0],
      ]),
    ).toBe(0.75);
  });

  test("accuracy against a count by hand, at many sizes", () => {
    for (const [k, n] of sizes.entries()) {
      const V = sizes[(k + 2) % sizes.length]!;
      const data = Float32Array.from(uniform(n * V, 3 + k));
      const target = Array.from(uniform(n, 5 + k, 0, V), Math.floor);
      const hits = target.filter((c, r) => {
        const row = [...data.subarray(r * V, (r + 1) * V)];
        return row.indexOf(Math.max(...row)) === c;
      });
      expect(accuracy(tensor(data, [n, V]), target)).toBe(hits.length / n);
    }
  });

  test("weights, masks and classes that do not count", () => {
    expect(accuracy(prediction, classes, { weights: [1, 2, 3, 2] })).toBe(6 / 8);
    expect(accuracy(prediction, classes, { weights: [1, 0, 1, 1] })).toBe(1);
    expect(accuracy(prediction, [2, -1, 1, 2], { ignoreIndex: -1 })).toBe(2 / 3);
    const pairs = prediction.reshape([2, 2, 3]);
    expect(accuracy(pairs, classes, { weights: [3, 1] })).toBe(5 / 8);
    expect(accuracy(prediction, classes, { weights: [0, 0, 0, 0] })).toBeNaN();
  });

  test("binaryAccuracy: above the threshold, which itself is 0", () => {
    const p = tensor([
      [0.5, 0.75],
      [0.25, 0.875],
    ]);
    const t = tensor([
      [0, 1],
      [1, 0],
    ]);
    expect(binaryAccuracy(p, t)).toBe(0.5);
    expect(binaryAccuracy(p, t, { threshold: 0.2 })).toBe(0.5);
    expect(binaryAccuracy(p, t, { threshold: 0.8 })).toBe(0.25);
    expect(binaryAccuracy(p, t, { weights: [1, 0] })).toBe(1);
    expect(binaryAccuracy(p, t, { weights: t })).toBe(0.5);
    expect(binaryAccuracy(tensor(0.3), tensor(0), { threshold: 0.3 })).toBe(1);
  });

  test("tallies of batches add up to the whole", () => {
    const batches = [
      sparseAccuracyTally("test", prediction.slice([0, 0], [3, 3]), classes.slice(0, 3)),
      sparseAccuracyTally("test", prediction.slice([3, 0], [1, 3]), classes.slice(3)),
    ];
    expect(batches[0]).toEqual({ total: 2, count: 3 });
    expect(rateOf(batches.reduce(addTallies, noTally))).toBe(accuracy(prediction, classes));
    const binary = binaryAccuracyTally("test", tensor([0, 1]), tensor([1, 1]), { weights: [2, 3] });
    expect(binary).toEqual({ total: 3, count: 5 });
    expect(rateOf(noTally)).toBeNaN();
  });

  test("perplexity is e^loss in float32", () => {
    expect(perplexity(0)).toBe(1);
    for (const loss of [0.1, 1, Math.log(65), 20]) {
      const got = perplexity(loss);
      expect(got).toBe(Math.fround(got));
      expect(got / Math.exp(Math.fround(loss))).toBeCloseTo(1, 6);
    }
    expect(perplexity(1e4)).toBe(Number.POSITIVE_INFINITY);
    expect(perplexity(Number.NaN)).toBeNaN();
  });
});
