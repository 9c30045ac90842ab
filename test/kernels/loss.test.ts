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

  it("cross_entropy: forward and backward", () =>
    everywhere((heap, v, label) => {
      const x = uniform(ROWS * v, v, -3, 3);
      const picks = [v - 1, 0, v >> 1];
      const target = reference.oneHot(picks, v);
      const [loss, p, logits] = [heap.blank(1), heap.blank(ROWS * v), heap.input(x)];
      const classes = heap.integers(picks);
      heap.kernels.cross_entropy_forward(loss.at, p.at, logits.at, classes.at, ROWS, v);
      const expected = reference.softCrossEntropy(x, target, v);
      expectClose(heap.floats(loss), [expected], tolerance, label);
      expectClose(heap.floats(p), reference.softmax(x, v), tolerance, label);

      const before = uniform(ROWS * v, v + 1);
      const dx = heap.output(before);
      const dloss = heap.input([-1.5]);
      heap.kernels.cross_entropy_backward(dx.at, dloss.at, p.at, classes.at, ROWS, v);
      const slope = reference.gradient((z) => reference.softCrossEntropy(z, target, v), x);
      const sum = before.map((d, i) => d - 1.5 * slope[i]!);
      expectClose(heap.floats(dx), sum, tolerance, label);
    }));

  it("soft_cross_entropy: forward and backward, of targets of any sum", () =>
    everywhere((heap, v, label) => {
      const x = uniform(ROWS * v, v, -3, 3);
      const t = uniform(ROWS * v, v + 1, 0, 2 / v);
      const [loss, p, logits] = [heap.blank(1), heap.blank(ROWS * v), heap.input(x)];
      const target = heap.input(t);
      heap.kernels.soft_cross_entropy_forward(loss.at, p.at, logits.at, target.at, ROWS, v);
      const expected = reference.softCrossEntropy(x, t, v);
      expectClose(heap.floats(loss), [expected], tolerance, label);
      expectClose(heap.floats(p), reference.softmax(x, v), tolerance, label);

      const before = uniform(ROWS * v, v + 2);
      const dx = heap.output(before);
      const dloss = heap.input([-1.5]);
      heap.kernels.soft_cross_entropy_backward(dx.at, dloss.at, p.at, target.at, ROWS, v);
      const slope = reference.gradient((z) => reference.softCrossEntropy(z, t, v), x);
      const sum = before.map((d, i) => d - 1.5 * slope[i]!);
      expectClose(heap.floats(dx), sum, tolerance, label);
    }));

  it("mse: forward and backward", () =>
    everywhere((heap, n, label) => {
      const [a, b, before] = [uniform(n, n), uniform(n, n + 1), uniform(n, n + 2)];
      const [loss, left, right] = [heap.blank(1), heap.input(a), heap.input(b)];
      heap.kernels.mse_forward(loss.at, left.at, right.at, n);
      expectClose(heap.floats(loss), [reference.meanSquare(a, b)], tolerance, label);

      const da = heap.output(before);
      heap.kernels.mse_backward(da.at, heap.input([-1.5]).at, left.at, right.at, n);
      const slope = reference.gradient((z) => reference.meanSquare(z, b), a);
      const sum = before.map((d, i) => d - 1.5 * slope[i]!);
      expectClose(heap.floats(da), sum, tolerance, label);
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
      const wanted = [reference.softCrossEntropy(x, target, v)];
      const { cross_entropy_forward, soft_cross_entropy_forward } = heap.kernels;
      cross_entropy_forward(loss.at, p.at, logits.at, heap.integers([v - 1]).at, 1, v);
      expectClose(heap.floats(loss), wanted, loose, `${label}, cross-entropy`);
      soft_cross_entropy_forward(loss.at, p.at, logits.at, heap.input(target).at, 1, v);
      expectClose(heap.floats(loss), wanted, loose, `${label}, soft cross-entropy`);
    }));

  it("gives a NaN loss for a NaN among the logits, wherever it is", () => {
    for (const v of sizes) {
      for (const at of [0, v - 1]) {
        const x = uniform(v, v);
        x[at] = Number.NaN;
        const heap = new TestHeap(set);
        const [loss, p, logits] = [heap.blank(1), heap.blank(v), heap.input(x)];
        const target = heap.input(uniform(v, 1, 0, 1));
        heap.write(loss, [0]);
        heap.kernels.cross_entropy_forward(loss.at, p.at, logits.at, heap.integers([0]).at, 1, v);
        expect(heap.floats(loss)[0]).toBeNaN();
        heap.write(loss, [0]);
        heap.kernels.soft_cross_entropy_forward(loss.at, p.at, logits.at, target.at, 1, v);
        expect(heap.floats(loss)[0]).toBeNaN();
        heap.write(loss, [0]);
        heap.kernels.mse_forward(loss.at, logits.at, target.at, v);
        expect(heap.floats(loss)[0]).toBeNaN();
      }
    }
  });
});
