import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { numericGradient } from "../reference/cells.ts";
import { layerNorm } from "../reference/layer-norm.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, type Slot, shifts, sizes, TestHeap } from "./harness.ts";

const ROWS = 3;
const EPSILON = 0.125;
const tolerance = { atol: 3e-6, rtol: 3e-6 };

/** Rows of n numbers around 2, and what they go through. */
const numbers = (n: number) => ({
  x: uniform(ROWS * n, n, 0, 4),
  w: uniform(n, n + 1),
  b: uniform(n, n + 2),
});

describe.each(kernelSets)("layer normalisation kernels [$name]", (set) => {
  const everywhere = (body: (heap: TestHeap, n: number) => void) => {
    for (const shift of shifts)
      for (const n of [...sizes, 300]) {
        const heap = new TestHeap(set, shift);
        body(heap, n);
        heap.check();
      }
  };

  it.each([
    ["weight and bias", true, true],
    ["weight alone", true, false],
    ["neither", false, false],
  ])("forward with %s", (_, weight, bias) =>
    everywhere((heap, n) => {
      const { x, w, b } = numbers(n);
      const [y, mean, rstd] = [heap.blank(ROWS * n), heap.blank(ROWS), heap.blank(ROWS)];
      const [px, pw, pb] = [heap.input(x), heap.input(w), heap.input(b)];
      heap.kernels.layer_norm_forward(
        ...[y.at, mean.at, rstd.at, px.at, weight ? pw.at : 0, bias ? pb.at : 0],
        ...[ROWS, n, EPSILON],
      );
      const wanted = layerNorm(x, weight ? w : undefined, bias ? b : undefined, n, EPSILON);
      expectClose(heap.floats(y), wanted.y, tolerance, `n = ${n}`);
      expectClose(heap.floats(mean), wanted.mean, tolerance, `mean, n = ${n}`);
      expectClose(heap.floats(rstd), wanted.rstd, tolerance, `rstd, n = ${n}`);
    }),
  );

  it("backward adds to the gradients that are wanted", () =>
    everywhere((heap, n) => {
      const { x, w, b } = numbers(n);
      const dy = uniform(ROWS * n, n + 3);
      const { mean, rstd } = layerNorm(x, w, b, n, EPSILON);
      const [py, px, pm, ps, pw] = [dy, x, mean, rstd, w].map((v) => heap.input(v).at);
      const backward = (dx: number, dw: number, db: number) =>
        heap.kernels.layer_norm_backward(dx, dw, db, py!, px!, pm!, ps!, pw!, ROWS, n);
      const before = [uniform(ROWS * n, 7), uniform(n, 8), uniform(n, 9)];
      const place = () => before.map((v) => heap.output(v)) as [Slot, Slot, Slot];
      const all = place();
      backward(all[0].at, all[1].at, all[2].at);
      const loss = () =>
        layerNorm(x, w, b, n, EPSILON).y.reduce((sum, v, i) => sum + v * dy[i]!, 0);
      const slopes = Object.values(numericGradient(loss, { x, w, b }));
      all.forEach((slot, k) => {
        const wanted = slopes[k]!.map((v, i) => before[k]![i]! + v);
        expectClose(heap.floats(slot), wanted, tolerance, `d${"xwb"[k]}, n = ${n}`);
      });
      const [dx, , db] = place();
      backward(dx.at, 0, 0);
      backward(0, 0, db.at);
      expect(heap.floats(dx)).toEqual(heap.floats(all[0]));
      expect(heap.floats(db)).toEqual(heap.floats(all[2]));
    }));

  it("a row that does not vary becomes its bias, and NaN stays in its row", () => {
    const heap = new TestHeap(set);
    const x = heap.input([3, 3, 3, 3, 3, 1, Number.NaN, 2, 5, 4]);
    const [y, saved] = [heap.blank(10), heap.blank(4)];
    const bias = heap.input([1, 2, 3, 4, 5]);
    heap.kernels.layer_norm_forward(y.at, saved.at, saved.at + 8, x.at, 0, bias.at, 2, 5, 1e-5);
    expect([...heap.floats(y)]).toEqual([1, 2, 3, 4, 5, ...new Array(5).fill(Number.NaN)]);
    heap.check();
  });
});
