import type { Kernels } from "../core/kernels.ts";
import { BLOCK, type Heap } from "./heap.ts";

export type PackKernels = Pick<Kernels, "packed_size" | "pack_nt" | "pack_nn">;

/** The block that rows of A are packed into, as an offset in float64. */
export const PACKED: number = BLOCK >>> 3;

export const quads = (n: number): number => (n + 3) & ~3;

/** d [k, 2] = two vectors of k elements, `step` apart. */
function packTwo(
  f: Float32Array,
  d: Float64Array,
  q: number,
  a0: number,
  a1: number,
  step: number,
  k: number,
): void {
  for (const end = q + 2 * k; q < end; q += 2, a0 += step, a1 += step) {
    d[q] = f[a0]!;
    d[q + 1] = f[a1]!;
  }
}

function packOne(
  f: Float32Array,
  d: Float64Array,
  q: number,
  a: number,
  step: number,
  k: number,
): void {
  for (const end = q + k; q < end; q++, a += step) d[q] = f[a]!;
}

/** Packs A [m, k] in pairs of rows, [k, 2] each, and a last one alone. */
export function packRows(
  f: Float32Array,
  d: Float64Array,
  a: number,
  lda: number,
  m: number,
  k: number,
): void {
  let q = PACKED;
  let i = 0;
  for (; i + 2 <= m; i += 2, q += 2 * k, a += 2 * lda) packTwo(f, d, q, a, a + lda, 1, k);
  if (i < m) packOne(f, d, q, a, 1, k);
}

/** Packs columns first…first + m of A [k, lda], last row first, as packRows does rows. */
export function packColumns(
  f: Float32Array,
  d: Float64Array,
  a: number,
  lda: number,
  first: number,
  m: number,
  k: number,
  group: number,
  padded: number,
): void {
  const gap = padded - group;
  const last = a + (k - 1) * lda;
  const end = first + m;
  let q = PACKED;
  let i = first;
  for (; i + 2 <= end; i += 2, q += 2 * k) {
    const a0 = last + i + ((i / group) | 0) * gap;
    const a1 = last + i + 1 + (((i + 1) / group) | 0) * gap;
    packTwo(f, d, q, a0, a1, -lda, k);
  }
  if (i < end) packOne(f, d, q, last + i + ((i / group) | 0) * gap, -lda, k);
}

/** Packs B [k, n] in panels of 4 columns, last row first, zeros behind column n. */
export function packPanelsDown(
  f: Float32Array,
  d: Float64Array,
  q: number,
  b: number,
  ldb: number,
  n: number,
  k: number,
): void {
  const last = b + (k - 1) * ldb;
  for (let j = 0; j < n; j += 4) {
    let r = last + j;
    if (j + 4 <= n) {
      for (const end = q + 4 * k; q < end; q += 4, r -= ldb) {
        d[q] = f[r]!;
        d[q + 1] = f[r + 1]!;
        d[q + 2] = f[r + 2]!;
        d[q + 3] = f[r + 3]!;
      }
    } else {
      for (let l = 0; l < k; l++, r -= ldb)
        for (let i = 0; i < 4; i++) d[q++] = j + i < n ? f[r + i]! : 0;
    }
  }
}

/**
 * An operand B [k, n] of a product: panels of 4 columns, [k, 4] each, in float64; the last one has zeros behind column n.
 * Row l, column j stands at (j - j mod 4) k + 4 l + j mod 4.
 */
export const packKernels = (heap: Heap): PackKernels => ({
  packed_size: (n, k) => 2 * quads(n) * k,

  /** From W [n, k]: rows of W are columns of B, `padded` for each `group`. */
  pack_nt(packed, w, n, k, group, padded) {
    const f = heap.f32;
    const d = heap.f64;
    const columns = (n / group) * padded;
    const wide = quads(columns);
    for (let j = 0; j < wide; j++) {
      const g = (j / padded) | 0;
      const i = j - g * padded;
      let q = (packed >>> 3) + (j & ~3) * k + (j & 3);
      if (j < columns && i < group) {
        const row = (w >>> 2) + (g * group + i) * k;
        for (let l = 0; l < k; l++, q += 4) d[q] = f[row + l]!;
      } else {
        for (let l = 0; l < k; l++, q += 4) d[q] = 0;
      }
    }
  },

  /** From W [k, n]: rows of W are rows of B, `padded` for each `group`; zeros behind column n up to `width`. */
  pack_nn(packed, w, n, k, group, padded, width) {
    const f = heap.f32;
    const d = heap.f64;
    const height = (k / group) * padded;
    const wide = quads(width);
    for (let l = 0; l < height; l++) {
      const g = (l / padded) | 0;
      const i = l - g * padded;
      const row = (w >>> 2) + (g * group + i) * n;
      const known = i < group ? n : 0;
      for (let j = 0; j < wide; j++)
        d[(packed >>> 3) + (j & ~3) * height + 4 * l + (j & 3)] = j < known ? f[row + j]! : 0;
    }
  },
});
