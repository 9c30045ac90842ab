import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { uniform } from "../reference/random.ts";
import { argmaxAxis, place, type Shape, sumAxis } from "../reference/reduce.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const tolerance = { atol: 1e-5, rtol: 1e-6 };

const shapes: readonly Shape[] = sizes.flatMap((n) =>
  [1, 3, 4, 5, 8, 17, 35].map((inner) => ({ outer: 3, n, inner })),
);

describe.each(kernelSets)("reductions [$name]", (set) => {
  const everywhere = (body: (heap: TestHeap, shape: Shape, label: string) => void) => {
    for (const shift of shifts) {
      for (const shape of shapes) {
        const heap = new TestHeap(set, shift);
        body(heap, shape, JSON.stringify(shape));
        heap.check();
      }
    }
  };

  it("sum_axis_forward", () =>
    everywhere((heap, shape, label) => {
      const { outer, n, inner } = shape;
      const x = uniform(outer * n * inner, n + inner);
      const y = heap.blank(outer * inner);
      heap.kernels.sum_axis_forward(y.at, heap.input(x).at, 0.25, outer, n, inner);
      const expected = sumAxis(x, shape).map((v) => 0.25 * v);
      expectClose(heap.floats(y), expected, tolerance, label);
    }));

  it("sum_axis_backward adds each gradient to all that were summed", () =>
    everywhere((heap, shape, label) => {
      const { outer, n, inner } = shape;
      const dy = uniform(outer * inner, n);
      const expected = uniform(outer * n * inner, n + inner);
      const dx = heap.output(expected);
      heap.kernels.sum_axis_backward(dx.at, heap.input(dy).at, 0.25, outer, n, inner);
      for (let at = 0; at < dy.length; at++)
        for (let k = 0; k < n; k++) expected[place(at, k, shape)]! += 0.25 * dy[at]!;
      expectClose(heap.floats(dx), expected, tolerance, label);
    }));

  it("max_axis_forward finds the first of equals, and NaN", () =>
    everywhere((heap, shape, label) => {
      const { outer, n, inner } = shape;
      const x = uniform(outer * n * inner, n + inner).map((v) => Math.round(3 * v));
      x[x.length >> 1] = Number.NaN;
      const y = heap.blank(outer * inner);
      const index = heap.blank(outer * inner);
      heap.kernels.max_axis_forward(y.at, index.at, heap.input(x).at, outer, n, inner);
      const expected = argmaxAxis(x, shape);
      expect(heap.readIntegers(index), label).toEqual(expected);
      const largest = Array.from(expected, (k, at) => x[place(at, k, shape)]!);
      expectClose(heap.floats(y), largest, { atol: 0, rtol: 0 }, label);
    }));

  it("max_axis_backward adds to the place of the maximum", () =>
    everywhere((heap, shape, label) => {
      const { outer, n, inner } = shape;
      const dy = uniform(outer * inner, n);
      const where = argmaxAxis(uniform(outer * n * inner, inner), shape);
      const expected = uniform(outer * n * inner, n + inner);
      const dx = heap.output(expected);
      const index = heap.integers(where);
      heap.kernels.max_axis_backward(dx.at, heap.input(dy).at, index.at, outer, n, inner);
      for (const [at, k] of where.entries()) expected[place(at, k, shape)]! += dy[at]!;
      expectClose(heap.floats(dx), expected, tolerance, label);
    }));

  it("sum_squares in float64", () => {
    for (const shift of shifts) {
      for (const n of [...sizes, 0]) {
        const x = uniform(n, n);
        const heap = new TestHeap(set, shift);
        const expected = x.reduce((sum, v) => sum + v * v, 0);
        expect(heap.kernels.sum_squares(heap.input(x).at, n)).toBeCloseTo(expected, 12);
      }
    }
  });

  it("column_sums adds the rows, the last one first, and leaves padding out", () => {
    for (const shift of shifts) {
      for (const group of sizes) {
        for (const [groups, rows] of [
          [1, 1],
          [1, 17],
          [3, 5],
          [4, 0],
        ] as const) {
          const padded = Math.ceil(group / 4) * 4;
          const lda = groups === 1 ? group : groups * padded + 3;
          const a = uniform(rows * lda, group);
          const expected = uniform(groups * group, rows);
          const heap = new TestHeap(set, shift);
          const d = heap.output(expected);
          heap.kernels.column_sums(d.at, heap.input(a).at, lda, rows, groups * group, group);
          for (let j = 0; j < expected.length; j++)
            for (let r = rows - 1; r >= 0; r--)
              expected[j]! += a[r * lda + Math.floor(j / group) * padded + (j % group)]!;
          expectClose(heap.floats(d), expected, tolerance, `${groups} groups of ${group}`);
          heap.check();
        }
      }
    }
  });

  it("column_sums keeps one order: later rows first, then what came before", () => {
    const a = uniform(40, 7);
    const heap = new TestHeap(set);
    const slot = heap.input(a);
    const [whole, parts] = [heap.output([0]), heap.output([0])];
    heap.kernels.column_sums(whole.at, slot.at, 1, 40, 1, 1);
    heap.kernels.column_sums(parts.at, slot.at + 4 * 16, 1, 24, 1, 1);
    heap.kernels.column_sums(parts.at, slot.at, 1, 16, 1, 1);
    expect(heap.floats(parts)).toEqual(heap.floats(whole));
  });
});
