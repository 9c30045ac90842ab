import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import * as reference from "../reference/loss.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const tolerance = { atol: 3e-6, rtol: 3e-6 };
const ROWS = 3;

describe.each(kernelSets)("softmax and losses [$name]", (set) => {
  const everywhere = (body: (heap: TestHeap, v: number, label: string) => void) => {
    for (const shift of shifts) {
      for (const v of sizes) {
        const heap = new TestHeap(set, shift);
        body(heap, v, `v = ${v}, shift ${shift}`);
        heap.check();
      }
    }
  };

  it.each([
    ["softmax", reference.softmax],
    ["log_softmax", reference.logSoftmax],
  ] as const)("%s: forward and backward", (name, f) =>
    everywhere((heap, v, label) => {
      const [x, dy, before] = [1, 2, 3].map((k) => uniform(ROWS * v, v + k, -3, 3)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const y = heap.blank(ROWS * v);
      heap.kernels[`${name}_forward`](y.at, heap.input(x).at, ROWS, v);
      expectClose(heap.floats(y), f(x, v), tolerance, label);

      const dx = heap.output(before);
      const kept = heap.input(f(x, v));
      heap.kernels[`${name}_backward`](dx.at, heap.input(dy).at, kept.at, ROWS, v);
      const slope = reference.gradient((z) => reference.dot(f(z, v), dy), x);
      const expected = before.map((d, i) => d + slope[i]!);
      expectClose(heap.floats(dx), expected, { atol: 3e-5, rtol: 1e-5 }, label);
    }),
  );

  it("cross_entropy: forward and backward, rows of a negative class left out", () =>
    everywhere((heap, v, label) => {
      const x = uniform(ROWS * v, v, -3, 3);
      const picks = [v - 1, -1, v >> 1];
      const target = reference.oneHot(picks, v);
      const [loss, p, logits] = [heap.blank(ROWS), heap.blank(ROWS * v), heap.input(x)];
      const classes = heap.integers(picks);
      heap.kernels.cross_entropy_forward(loss.at, p.at, logits.at, classes.at, ROWS, v);
      const losses = (z: Float64Array) =>
        reference.surprises(reference.logSoftmax(z, v), target, v);
      expectClose(heap.floats(loss), losses(x), tolerance, label);

      const [before, dloss] = [uniform(ROWS * v, v + 1), uniform(ROWS, v + 2)];
      const dx = heap.output(before);
      const up = heap.input(dloss);
      heap.kernels.cross_entropy_backward(dx.at, up.at, p.at, classes.at, ROWS, v);
      const slope = reference.gradient((z) => reference.dot(losses(z), dloss), x);
      const sum = before.map((d, i) => d + slope[i]!);
      expectClose(heap.floats(dx), sum, tolerance, label);
    }));

  it("nll: forward and backward, rows of a negative class left out", () =>
    everywhere((heap, v, label) => {
      const y = uniform(ROWS * v, v, -3, 0);
      const picks = [-1, v - 1, v >> 1];
      const target = reference.oneHot(picks, v);
      const [loss, kept, classes] = [heap.blank(ROWS), heap.input(y), heap.integers(picks)];
      heap.kernels.nll_forward(loss.at, kept.at, classes.at, ROWS, v);
      expectClose(heap.floats(loss), reference.surprises(y, target, v), tolerance, label);

      const [before, dloss] = [uniform(ROWS * v, v + 1), uniform(ROWS, v + 2)];
      const dy = heap.output(before);
      heap.kernels.nll_backward(dy.at, heap.input(dloss).at, classes.at, ROWS, v);
      const sum = before.map((d, i) => d - dloss[Math.floor(i / v)]! * target[i]!);
      expectClose(heap.floats(dy), sum, tolerance, label);
    }));

  it("log_normalized: forward and backward, clipped where a share is all or nothing", () =>
    everywhere((heap, v, label) => {
      const x = uniform(ROWS * v, v, 0.1, 3);
      if (v > 1) x[v - 1] = 0;
      const [y, p] = [heap.blank(ROWS * v), heap.input(x)];
      heap.kernels.log_normalized_forward(y.at, p.at, ROWS, v);
      const f = (z: Float64Array) => reference.logNormalized(z, v);
      expectClose(heap.floats(y), f(x), tolerance, label);

      const [before, dy] = [uniform(ROWS * v, v + 1), uniform(ROWS * v, v + 2)];
      const dx = heap.output(before);
      heap.kernels.log_normalized_backward(dx.at, heap.input(dy).at, p.at, ROWS, v);
      const slope = reference.gradient((z) => reference.dot(f(z), dy), x, 1e-9);
      const sum = before.map((d, i) => d + slope[i]!);
      expectClose(heap.floats(dx), sum, { atol: 3e-5, rtol: 1e-5 }, label);
    }));

  it("does not overflow", () =>
    everywhere((heap, v, label) => {
      const x = uniform(v, v, -500, 500).map((d) => Math.fround(d + 1000));
      const logits = heap.input(x);
      const target = reference.oneHot([v - 1], v);
      const [y, p, loss] = [heap.blank(v), heap.blank(v), heap.blank(1)];
      const loose = { atol: 1e-6, rtol: 1e-4 };
      heap.kernels.softmax_forward(y.at, logits.at, 1, v);
      expectClose(heap.floats(y), reference.softmax(x, v), loose, label);
      heap.kernels.log_softmax_forward(y.at, logits.at, 1, v);
      expectClose(heap.floats(y), reference.logSoftmax(x, v), loose, label);
      const wanted = reference.surprises(reference.logSoftmax(x, v), target, v);
      const classes = heap.integers([v - 1]);
      heap.kernels.cross_entropy_forward(loss.at, p.at, logits.at, classes.at, 1, v);
      expectClose(heap.floats(loss), wanted, loose, `${label}, cross-entropy`);
    }));

  it("gives a NaN loss for a NaN in a row, wherever it is, and 0 where the row is left out", () => {
    for (const v of sizes) {
      for (const at of [0, v - 1]) {
        const x = uniform(v, v, 0.1, 1);
        x[at] = Number.NaN;
        const heap = new TestHeap(set);
        const [loss, p, logits] = [heap.blank(1), heap.blank(v), heap.input(x)];
        const lossOf = (picked: number) => {
          heap.write(loss, [1]);
          const classes = heap.integers([picked]);
          heap.kernels.cross_entropy_forward(loss.at, p.at, logits.at, classes.at, 1, v);
          return heap.floats(loss)[0];
        };
        expect(lossOf(0)).toBeNaN();
        expect(lossOf(-1)).toBe(0);
        heap.kernels.log_normalized_forward(p.at, logits.at, 1, v);
        expect([...heap.floats(p)].every(Number.isNaN)).toBe(true);
      }
    }
  });
});
