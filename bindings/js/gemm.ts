import { BLOCK, BLOCK_SIZE, EDGE, type Heap, ZEROS } from "./heap.ts";
import { row2x4, tile3x4 } from "./tiles.ts";

/** Sums are rounded to float32 after every 256 steps of k, whatever the tile: a panel of that depth takes 8 KB of cache. */
const DEPTH = 256;
const PACKED = BLOCK >>> 3;
const CORNER = EDGE >>> 2;

const quads = (n: number): number => (n + 3) & ~3;

/**
 * C [m, n] = START + A B from the packed block of A and the panels of B, `stride` elements apart. `step` is 1, or 0 where
 * START is the same all along: zeros.
 */
function multiply(
  f: Float32Array,
  d: Float64Array,
  c: number,
  ldc: number,
  start: number,
  ldstart: number,
  step: number,
  b: number,
  stride: number,
  m: number,
  n: number,
  k: number,
): void {
  const triples = m - (m % 3);
  const whole = n & ~3;
  const second = 4 * step;
  let panel = b;
  // Panel by panel, so that a panel comes once from where B lives and then from the first-level cache.
  for (let j = 0; j < whole; j += 4, panel += stride) {
    let from = start + j * step;
    let to = c + j;
    for (let i = 0; i < triples; i += 3, from += 3 * ldstart, to += 3 * ldc)
      tile3x4(f, d, to, ldc, from, ldstart, PACKED + i * k, panel, k);
  }
  if (whole < n) {
    for (let i = 0; i < triples; i += 3) {
      const to = c + i * ldc + whole;
      corner(f, start + i * ldstart + whole * step, ldstart, step, 3, n - whole);
      tile3x4(f, d, CORNER, 4, CORNER, 4, PACKED + i * k, panel, k);
      for (let r = 0; r < 3; r++)
        for (let q = 0; q < n - whole; q++) f[to + r * ldc + q] = f[CORNER + 4 * r + q]!;
    }
  }
  for (let i = triples; i < m; i++) {
    const a = PACKED + i * k;
    let to = c + i * ldc;
    let from = start + i * ldstart;
    let left = n;
    panel = b;
    for (; left >= 8; left -= 8, panel += 2 * stride, to += 8, from += 2 * second)
      row2x4(f, d, to, to + 4, from, from + second, a, panel, panel + stride, k);
    // One panel or two, of which the last is not whole, go through the corner.
    if (left > 0) {
      corner(f, from, 0, step, 1, left);
      const other = left > 4 ? panel + stride : panel;
      row2x4(f, d, CORNER, CORNER + 4, CORNER, CORNER + 4, a, panel, other, k);
      for (let q = 0; q < left; q++) f[to + q] = f[CORNER + q]!;
    }
  }
}

/** Copies n columns of START to the corner, whose rows are 4 apart. */
function corner(
  f: Float32Array,
  start: number,
  ldstart: number,
  step: number,
  rows: number,
  n: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let q = 0; q < n; q++) f[CORNER + 4 * r + q] = f[start + r * ldstart + q * step]!;
}

/** Packs A [m, k] in threes of rows, [k, 3] each; what is left over row by row. */
function packRows(
  f: Float32Array,
  d: Float64Array,
  a: number,
  lda: number,
  m: number,
  k: number,
): void {
  let q = PACKED;
  let i = 0;
  for (; i + 3 <= m; i += 3, a += 3 * lda) {
    let r0 = a;
    let r1 = a + lda;
    let r2 = r1 + lda;
    for (const end = q + 3 * k; q < end; q += 3) {
      d[q] = f[r0++]!;
      d[q + 1] = f[r1++]!;
      d[q + 2] = f[r2++]!;
    }
  }
  for (; i < m; i++, a += lda) for (let l = 0; l < k; l++) d[q++] = f[a + l]!;
}

/** Packs columns from…from + m of A [k, lda], last row first, as packRows does rows. */
function packColumns(
  f: Float32Array,
  d: Float64Array,
  a: number,
  lda: number,
  from: number,
  m: number,
  k: number,
  group: number,
  padded: number,
): void {
  const gap = padded - group;
  const last = a + (k - 1) * lda;
  let q = PACKED;
  let i = from;
  for (; i + 3 <= from + m; i += 3) {
    let r0 = last + i + ((i / group) | 0) * gap;
    let r1 = last + i + 1 + (((i + 1) / group) | 0) * gap;
    let r2 = last + i + 2 + (((i + 2) / group) | 0) * gap;
    for (const end = q + 3 * k; q < end; q += 3, r0 -= lda, r1 -= lda, r2 -= lda) {
      d[q] = f[r0]!;
      d[q + 1] = f[r1]!;
      d[q + 2] = f[r2]!;
    }
  }
  for (; i < from + m; i++) {
    let r = last + i + ((i / group) | 0) * gap;
    for (let l = 0; l < k; l++, r -= lda) d[q++] = f[r]!;
  }
}

/** Packs B [k, n] in panels of 4 columns, last row first, zeros behind column n. */
function packPanelsDown(
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

/** How many rows of A fit into the block: a multiple of 3. */
const blockRows = (k: number): number => 3 * ((BLOCK_SIZE / (3 * k)) | 0);

/**
 * `gemm` on rows `first`…first + k of a packed operand of `height` rows. Everything but `height` and `first` is as there.
 */
export function gemmRange(
  heap: Heap,
  c: number,
  ldc: number,
  start: number,
  ldstart: number,
  a: number,
  lda: number,
  packed: number,
  m: number,
  n: number,
  k: number,
  height: number,
  first: number,
): void {
  const f = heap.f32;
  const d = heap.f64;
  const out = c >>> 2;
  let begin = (start === 0 ? ZEROS : start) >>> 2;
  let step = start === 0 ? 0 : 1;
  if (start === 0) ldstart = 0;
  for (let from = 0; from < k; from += DEPTH) {
    const depth = Math.min(DEPTH, k - from);
    const most = blockRows(depth);
    const b = (packed >>> 3) + 4 * (first + from);
    for (let i = 0; i < m; i += most) {
      const rows = Math.min(most, m - i);
      packRows(f, d, (a >>> 2) + i * lda + from, lda, rows, depth);
      const at = begin + i * ldstart;
      multiply(f, d, out + i * ldc, ldc, at, ldstart, step, b, 4 * height, rows, n, depth);
    }
    begin = out;
    ldstart = ldc;
    step = 1;
  }
}

export interface GemmKernels {
  packed_size(n: number, k: number): number;
  pack_nt(packed: number, w: number, n: number, k: number, group: number, padded: number): void;
  pack_nn(
    packed: number,
    w: number,
    n: number,
    k: number,
    group: number,
    padded: number,
    width: number,
  ): void;
  gemm(
    c: number,
    ldc: number,
    start: number,
    ldstart: number,
    a: number,
    lda: number,
    packed: number,
    m: number,
    n: number,
    k: number,
  ): void;
  gemm_tn_scratch(m: number, n: number, k: number): number;
  gemm_tn(
    c: number,
    ldc: number,
    a: number,
    lda: number,
    b: number,
    ldb: number,
    scratch: number,
    m: number,
    n: number,
    k: number,
    group: number,
    padded: number,
  ): void;
}

/**
 * Products with a packed operand B [k, n]: panels of 4 columns, [k, 4] each, in float64; the last one has zeros behind
 * column n. Column c of a panel p stands at ((p k) + row) 4 + c.
 */
export const gemmKernels = (heap: Heap): GemmKernels => ({
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

  gemm(c, ldc, start, ldstart, a, lda, packed, m, n, k) {
    gemmRange(heap, c, ldc, start, ldstart, a, lda, packed, m, n, k, k, 0);
  },

  gemm_tn_scratch: (_m, n, k) => 2 * quads(n) * Math.min(DEPTH, k),

  /** k in blocks of 256, the last first: B into panels in `scratch`, A into the block. */
  gemm_tn(c, ldc, a, lda, b, ldb, scratch, m, n, k, group, padded) {
    const f = heap.f32;
    const d = heap.f64;
    const out = c >>> 2;
    const panels = scratch >>> 3;
    for (let to = k; to > 0; to -= DEPTH) {
      const depth = Math.min(DEPTH, to);
      const from = to - depth;
      const rows = blockRows(depth);
      packPanelsDown(f, d, panels, (b >>> 2) + from * ldb, ldb, n, depth);
      for (let i = 0; i < m; i += rows) {
        const height = Math.min(rows, m - i);
        packColumns(f, d, (a >>> 2) + from * lda, lda, i, height, depth, group, padded);
        const at = out + i * ldc;
        multiply(f, d, at, ldc, at, ldc, 1, panels, 4 * depth, height, n, depth);
      }
    }
  },
});
