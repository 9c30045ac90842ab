import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { elementLosses, gradient } from "../reference/loss.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const tolerance = { atol: 3e-6, rtol: 3e-6 };
const DELTA = 0.75;

/** The kinds by number; the one for the target's gradient, where it is another; where predictions and targets are from. */
const kinds = [
  ["squared", 0, undefined, [-3, 3], [-3, 3]],
  ["absolute", 1, undefined, [-3, 3], [-3, 3]],
  ["huber", 2, undefined, [-3, 3], [-3, 3]],
  ["binary", 3, 5, [0.05, 0.95], [0, 1]],
  ["logistic", 4, 6, [-6, 6], [0, 1]],
] as const;

describe.each(kernelSets)("element losses [$name]", (set) => {
  it.each(kinds)("%s: forward, and backward to both sides", (name, kind, ofTarget, here, there) => {
    const loss = elementLosses[name];
    for (const shift of shifts) {
      for (const n of sizes) {
        const heap = new TestHeap(set, shift);
        const label = `n = ${n}, shift ${shift}`;
        const [p, t] = [uniform(n, n, ...here), uniform(n, n + 1, ...there)];
        const [y, left, right] = [heap.blank(n), heap.input(p), heap.input(t)];
        heap.kernels.element_loss_forward(y.at, left.at, right.at, DELTA, n, kind);
        const expected = p.map((v, i) => loss(v, t[i]!, DELTA));
        expectClose(heap.floats(y), expected, tolerance, label);

        const [before, dy] = [uniform(n, n + 2), uniform(n, n + 3)];
        const up = heap.input(dy);
        const [dp, dt] = [heap.output(before), heap.output(before)];
        const backward = heap.kernels.element_loss_backward;
        backward(dp.at, up.at, left.at, right.at, DELTA, n, kind);
        if (ofTarget) backward(dt.at, up.at, left.at, right.at, DELTA, n, ofTarget);
        else backward(dt.at, up.at, right.at, left.at, DELTA, n, kind);
        const total = (a: Float64Array, b: Float64Array) =>
          a.reduce((sum, v, i) => sum + dy[i]! * loss(v, b[i]!, DELTA), 0);
        const ofP = gradient((z) => total(z, t), p);
        const ofT = gradient((z) => total(p, z), t);
        const near = { atol: 2e-5, rtol: 1e-5 };
        const plus = (slope: Float64Array) => before.map((d, i) => d + slope[i]!);
        expectClose(heap.floats(dp), plus(ofP), near, `${label}: prediction`);
        expectClose(heap.floats(dt), plus(ofT), near, `${label}: target`);
        heap.check();
      }
    }
  });

  /** The loss and the slope of the prediction of one pair, in each place of a vector and behind it. */
  function at(kind: number, p: number, t: number): { value: number; slope: number } {
    const n = 5;
    const heap = new TestHeap(set);
    const [left, right] = [heap.input(Array(n).fill(p)), heap.input(Array(n).fill(t))];
    const [y, d] = [heap.blank(n), heap.output(Array(n).fill(0))];
    heap.kernels.element_loss_forward(y.at, left.at, right.at, DELTA, n, kind);
    const up = heap.input(Array(n).fill(1));
    heap.kernels.element_loss_backward(d.at, up.at, left.at, right.at, DELTA, n, kind);
    const [values, slopes] = [new Set(heap.floats(y)), new Set(heap.floats(d))];
    expect([values.size, slopes.size], "one value wherever it is").toEqual([1, 1]);
    return { value: [...values][0]!, slope: [...slopes][0]! };
  }

  it("binary of 0 and 1: clipped, without a gradient", () => {
    const [p, t] = [0, 1];
    const surprise = -Math.log(1e-7);
    expect(at(3, p, t).value).toBeCloseTo(surprise, 4);
    // 1 - 1e-7 is 1 - 2^-23 in float32.
    expect(at(3, 1, 0).value).toBeCloseTo(23 * Math.LN2, 4);
    expect(at(3, 1, 1).value).toBeCloseTo(2 ** -23, 9);
    for (const [a, b] of [
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
      [-3, 0.5],
      [7, 0.5],
    ] as const)
      expect(at(3, a, b).slope).toBe(0);
    expect(at(3, Math.fround(2e-7), 1).slope).toBeCloseTo(-1 / 2e-7, -2);
  });

  it("logistic of large and small logits: neither ∞ nor 0 too soon", () => {
    expect(at(4, 1e4, 0)).toEqual({ value: 1e4, slope: 1 });
    expect(at(4, -1e4, 1)).toEqual({ value: 1e4, slope: -1 });
    expect(at(4, 1e4, 1)).toEqual({ value: 0, slope: 0 });
    for (const x of [-16, -17, -18, -30, -60])
      expect(at(4, x, 0).value / Math.log1p(Math.exp(x))).toBeCloseTo(1, 5);
  });

  it("equal pairs: no loss, no slope", () => {
    for (const kind of [0, 1, 2]) expect(at(kind, 1.5, 1.5)).toEqual({ value: 0, slope: 0 });
  });

  it("lets NaN through on either side", () => {
    for (const [, kind] of kinds) {
      expect(at(kind, Number.NaN, 0.5).value).toBeNaN();
      expect(at(kind, 0.5, Number.NaN).value).toBeNaN();
    }
  });
});
