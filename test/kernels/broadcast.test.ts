import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { accumulated, broadcast, operations } from "../reference/broadcast.ts";
import { centralDifference } from "../reference/pointwise.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const tolerance = { atol: 2e-6, rtol: 2e-6 };
const ROWS = 3;

/** Lengths of two operands: alike, a scalar, a row over a batch, on either side. */
const pairs = sizes.flatMap((n) => [
  [n, n],
  [n, 1],
  [1, n],
  [ROWS * n, n],
  [n, ROWS * n],
]);

describe.each(kernelSets)("broadcasting kernels [$name]", (set) => {
  it.each(Object.entries(operations))("%s: forward, also in place", (name, f) => {
    for (const shift of shifts) {
      for (const [na, nb] of pairs as [number, number][]) {
        const n = Math.max(na, nb);
        const a = uniform(na, n);
        const b = uniform(nb, n + 1, 0.5, 2);
        const heap = new TestHeap(set, shift);
        const [left, right] = [heap.input(a), heap.input(b)];
        const y = heap.blank(n);
        const kernel = heap.kernels[`${name as keyof typeof operations}_forward`];
        kernel(y.at, left.at, na, right.at, nb, n);
        expectClose(heap.floats(y), broadcast(f, a, b), tolerance, `${name} ${na}, ${nb}`);
        const both = heap.output(na === n ? a : b);
        kernel(both.at, na === n ? both.at : left.at, na, na === n ? right.at : both.at, nb, n);
        expect(heap.floats(both)).toEqual(heap.floats(y));
        heap.check();
      }
    }
  });

  it("accumulate adds scale · a, each repeated or summed", () => {
    for (const shift of shifts) {
      for (const row of sizes) {
        const n = ROWS * row;
        for (const nd of [n, row, 1]) {
          for (const na of [n, row, 1]) {
            const [d, a] = [uniform(nd, n), uniform(na, n + 1)];
            const heap = new TestHeap(set, shift);
            const slot = heap.output(d);
            heap.kernels.accumulate(slot.at, nd, heap.input(a).at, na, -1.5, n);
            const expected = accumulated(d, -1.5, n, a);
            expectClose(
              heap.floats(slot),
              expected,
              { atol: 2e-5, rtol: 2e-5 },
              `${nd} += ${na} of ${n}`,
            );
            heap.check();
          }
        }
      }
    }
  });

  it("mul_accumulate adds scale · a · b, each repeated or summed", () => {
    for (const shift of shifts) {
      for (const row of sizes) {
        const n = ROWS * row;
        for (const nd of [n, row, 1]) {
          for (const na of [n, row, 1]) {
            for (const nb of [n, row, 1]) {
              const [d, a, b] = [uniform(nd, n), uniform(na, n + 1), uniform(nb, n + 2)];
              const heap = new TestHeap(set, shift);
              const [slot, left, right] = [heap.output(d), heap.input(a), heap.input(b)];
              heap.kernels.mul_accumulate(slot.at, nd, left.at, na, right.at, nb, 1.5, n);
              const expected = accumulated(d, 1.5, n, a, b);
              const label = `${nd} += ${na} · ${nb} of ${n}`;
              expectClose(heap.floats(slot), expected, { atol: 2e-5, rtol: 2e-5 }, label);
              heap.check();
            }
          }
        }
      }
    }
  });

  it("takes lengths of which none divides the other", () => {
    const [d, a, b] = [uniform(4, 1), uniform(6, 2), uniform(3, 3)];
    const heap = new TestHeap(set);
    const slot = heap.output(d);
    heap.kernels.mul_accumulate(slot.at, 4, heap.input(a).at, 6, heap.input(b).at, 3, 1, 12);
    expectClose(heap.floats(slot), accumulated(d, 1, 12, a, b), tolerance, "4 += 6 · 3");
    heap.check();
  });

  it("mul_accumulate is the backward of mul over a batch, by central differences", () => {
    const [a, b, dy] = [uniform(5, 1), uniform(15, 2), uniform(15, 3)];
    const heap = new TestHeap(set);
    const da = heap.output(new Float64Array(5));
    heap.kernels.mul_accumulate(da.at, 5, heap.input(dy).at, 15, heap.input(b).at, 15, 1, 15);
    const expected = a.map((v, k) =>
      centralDifference((x) => {
        const y = broadcast(operations.mul, a.with(k, x), b);
        return y.reduce((sum, value, i) => sum + dy[i]! * value, 0);
      }, v),
    );
    expectClose(heap.floats(da), expected, { atol: 1e-5, rtol: 0 }, "da");
  });
});
