import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";

export type RowsKernels = Pick<
  Kernels,
  "gather_rows" | "gather_rows_backward" | "scatter_rows" | "scatter_rows_backward"
>;

/** Rows of `width` elements, chosen by i32 row numbers. Copies go by words, which keeps every bit. */
export const rowsKernels = (heap: Heap): RowsKernels => ({
  /** y[r] = x[index[r]]. */
  gather_rows(y, x, index, rows, width) {
    const w = heap.i32;
    let q = y >>> 2;
    for (let r = 0; r < rows; r++) {
      let p = (x >>> 2) + w[(index >>> 2) + r]! * width;
      for (const end = q + width; q < end; q++, p++) w[q] = w[p]!;
    }
  },

  /** dx[index[r]] += dy[r], rows ascending. */
  gather_rows_backward(dx, dy, index, rows, width) {
    const f = heap.f32;
    const w = heap.i32;
    let p = dy >>> 2;
    for (let r = 0; r < rows; r++) {
      let q = (dx >>> 2) + w[(index >>> 2) + r]! * width;
      for (const end = p + width; p < end; p++, q++) f[q] = f[q]! + f[p]!;
    }
  },

  /** y[index[r]] = x[r]. */
  scatter_rows(y, x, index, rows, width) {
    const w = heap.i32;
    let p = x >>> 2;
    for (let r = 0; r < rows; r++) {
      let q = (y >>> 2) + w[(index >>> 2) + r]! * width;
      for (const end = p + width; p < end; p++, q++) w[q] = w[p]!;
    }
  },

  /** dx[r] += dy[index[r]]. */
  scatter_rows_backward(dx, dy, index, rows, width) {
    const f = heap.f32;
    const w = heap.i32;
    let q = dx >>> 2;
    for (let r = 0; r < rows; r++) {
      let p = (dy >>> 2) + w[(index >>> 2) + r]! * width;
      for (const end = q + width; q < end; q++, p++) f[q] = f[q]! + f[p]!;
    }
  },
});
