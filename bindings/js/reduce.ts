import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";

export type ReduceKernels = Pick<
  Kernels,
  | "sum_axis_forward"
  | "sum_axis_backward"
  | "max_axis_forward"
  | "max_axis_backward"
  | "sum_squares"
  | "column_sums"
>;

/** Σ of n elements in four sums, i mod 4 each: a single one would wait four cycles for every addition. */
function sum(f: Float32Array, p: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const end = p + n;
  for (const whole = p + (n & ~3); p < whole; p += 4) {
    s0 += f[p]!;
    s1 += f[p + 1]!;
    s2 += f[p + 2]!;
    s3 += f[p + 3]!;
  }
  for (; p < end; p++) s0 += f[p]!;
  return s0 + s1 + (s2 + s3);
}

/**
 * d[j] = keep d[j] + scale Σ_r a[p + r step + j] for j < n, r in the order of memory that `step` gives, in float64. Eight
 * columns at a time: a row of a tall matrix is another cache line each.
 */
function sumDown(
  f: Float32Array,
  d: number,
  keep: number,
  scale: number,
  p: number,
  step: number,
  rows: number,
  n: number,
): void {
  let j = 0;
  for (; j + 8 <= n; j += 8) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    let s6 = 0;
    let s7 = 0;
    for (let r = rows, q = p + j; r > 0; r--, q += step) {
      s0 += f[q]!;
      s1 += f[q + 1]!;
      s2 += f[q + 2]!;
      s3 += f[q + 3]!;
      s4 += f[q + 4]!;
      s5 += f[q + 5]!;
      s6 += f[q + 6]!;
      s7 += f[q + 7]!;
    }
    const o = d + j;
    f[o] = keep * f[o]! + scale * s0;
    f[o + 1] = keep * f[o + 1]! + scale * s1;
    f[o + 2] = keep * f[o + 2]! + scale * s2;
    f[o + 3] = keep * f[o + 3]! + scale * s3;
    f[o + 4] = keep * f[o + 4]! + scale * s4;
    f[o + 5] = keep * f[o + 5]! + scale * s5;
    f[o + 6] = keep * f[o + 6]! + scale * s6;
    f[o + 7] = keep * f[o + 7]! + scale * s7;
  }
  for (; j < n; j++) {
    let s = 0;
    for (let r = rows, q = p + j; r > 0; r--, q += step) s += f[q]!;
    f[d + j] = keep * f[d + j]! + scale * s;
  }
}

/** x is seen as [outer, n, inner]. Sums are float64, rounded once. */
export const reduceKernels = (heap: Heap): ReduceKernels => ({
  /** y[o, i] = scale Σ_n x[o, n, i]. */
  sum_axis_forward(y, x, scale, outer, n, inner) {
    const f = heap.f32;
    const s = Math.fround(scale);
    const q = y >>> 2;
    const p = x >>> 2;
    if (inner === 1) {
      for (let o = 0; o < outer; o++) f[q + o] = s * sum(f, p + o * n, n);
      return;
    }
    f.fill(0, q, q + outer * inner);
    for (let o = 0; o < outer; o++)
      sumDown(f, q + o * inner, 1, s, p + o * n * inner, inner, n, inner);
  },

  /** dx[o, n, i] += scale dy[o, i]. */
  sum_axis_backward(dx, dy, scale, outer, n, inner) {
    const f = heap.f32;
    const s = Math.fround(scale);
    let q = dx >>> 2;
    for (let o = 0, p = dy >>> 2; o < outer; o++, p += inner)
      for (let l = 0; l < n; l++) for (let i = 0; i < inner; i++, q++) f[q] = f[q]! + s * f[p + i]!;
  },

  /** y[o, i] = the largest x[o, ·, i], index its first place; a NaN is larger than all. */
  max_axis_forward(y, index, x, outer, n, inner) {
    const f = heap.f32;
    const at = heap.i32;
    let p = x >>> 2;
    let q = y >>> 2;
    let w = index >>> 2;
    for (let o = 0; o < outer; o++, q += inner, w += inner) {
      for (let i = 0; i < inner; i++, p++) {
        f[q + i] = f[p]!;
        at[w + i] = 0;
      }
      for (let l = 1; l < n; l++) {
        for (let i = 0; i < inner; i++, p++) {
          const v = f[p]!;
          const best = f[q + i]!;
          if (!(v <= best) && !Number.isNaN(best)) {
            f[q + i] = v;
            at[w + i] = l;
          }
        }
      }
    }
  },

  /** dx[o, index[o, i], i] += dy[o, i]. */
  max_axis_backward(dx, dy, index, outer, n, inner) {
    const f = heap.f32;
    const at = heap.i32;
    let p = dy >>> 2;
    let w = index >>> 2;
    for (let o = 0, row = dx >>> 2; o < outer; o++, row += n * inner) {
      for (let i = 0; i < inner; i++, p++, w++) {
        const q = row + at[w]! * inner + i;
        f[q] = f[q]! + f[p]!;
      }
    }
  },

  sum_squares(x, n) {
    const f = heap.f32;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let p = x >>> 2;
    const end = p + n;
    for (const whole = p + (n & ~3); p < whole; p += 4) {
      const a = f[p]!;
      const b = f[p + 1]!;
      const c = f[p + 2]!;
      const d = f[p + 3]!;
      s0 += a * a;
      s1 += b * b;
      s2 += c * c;
      s3 += d * d;
    }
    for (; p < end; p++) {
      const a = f[p]!;
      s0 += a * a;
    }
    return s0 + s1 + (s2 + s3);
  },

  /** d[j] += Σ_r a[r, column(j)], last row first; columns stand in groups, each padded to a multiple of 4. */
  column_sums(d, a, lda, rows, cols, group) {
    const f = heap.f32;
    const padded = (group + 3) & ~3;
    let p = (a >>> 2) + (rows - 1) * lda;
    for (let j = 0; j < cols; j += group, p += padded)
      sumDown(f, (d >>> 2) + j, 1, 1, p, -lda, rows, group);
  },
});
