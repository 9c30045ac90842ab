import type { Kernels } from "../core/kernels.ts";
import { BLOCK_SIZE, EDGE, type Heap, ZEROS } from "./heap.ts";
import { PACKED, packColumns, packPanelsDown, packRows, quads } from "./pack.ts";
import { row2x4, tile2x4 } from "./tiles.ts";

/** Sums are rounded to float32 after every 256 steps of k, whatever the tile: a panel of that depth takes 8 KB of cache. */
const DEPTH = 256;
const CORNER = EDGE >>> 2;

// Loops stand in functions of their own, with nothing behind them: V8 compiles a loop while it runs, without what it has not
// seen of the rest, and where the rest comes throws the code away, at every call anew.

/** Whole tiles: `rows` (a multiple of 2) by `columns` (of 4). `step` is 1, or 0 where START is the same all along: zeros. */
function wholeTiles(
  f: Float32Array,
  d: Float64Array,
  c: number,
  ldc: number,
  start: number,
  ldstart: number,
  step: number,
  b: number,
  stride: number,
  rows: number,
  columns: number,
  k: number,
): void {
  // Panel by panel, so that a panel comes once from where B lives and then from the first-level cache.
  for (let j = 0; j < columns; j += 4, b += stride) {
    let from = start + j * step;
    let to = c + j;
    for (let i = 0; i < rows; i += 2, from += 2 * ldstart, to += 2 * ldc)
      tile2x4(f, d, to, ldc, from, ldstart, PACKED + i * k, b, k);
  }
}

/** The panel at the right edge, of n < 4 columns, by way of the corner. */
function edgeTiles(
  f: Float32Array,
  d: Float64Array,
  c: number,
  ldc: number,
  start: number,
  ldstart: number,
  step: number,
  b: number,
  rows: number,
  n: number,
  k: number,
): void {
  for (let i = 0; i < rows; i += 2, start += 2 * ldstart, c += 2 * ldc) {
    copyCorner(f, CORNER, 4, start, ldstart, step, 2, n);
    tile2x4(f, d, CORNER, 4, CORNER, 4, PACKED + i * k, b, k);
    copyCorner(f, c, ldc, CORNER, 4, 1, 2, n);
  }
}

/** One row of C; the last panel, or two of which the second is not whole, by way of the corner. */
function row(
  f: Float32Array,
  d: Float64Array,
  c: number,
  start: number,
  step: number,
  a: number,
  b: number,
  stride: number,
  n: number,
  k: number,
): void {
  const next = 4 * step;
  for (; n >= 8; n -= 8, b += 2 * stride, c += 8, start += 2 * next)
    row2x4(f, d, c, c + 4, start, start + next, a, b, b + stride, k);
  if (n === 0) return;
  copyCorner(f, CORNER, 0, start, 0, step, 1, n);
  const last = n > 4 ? b + stride : b;
  row2x4(f, d, CORNER, CORNER + 4, CORNER, CORNER + 4, a, b, last, k);
  copyCorner(f, c, 0, CORNER, 0, 1, 1, n);
}

/** y [rows, n] = x [rows, n] to the corner or from it. */
function copyCorner(
  f: Float32Array,
  y: number,
  ldy: number,
  x: number,
  ldx: number,
  step: number,
  rows: number,
  n: number,
): void {
  for (let r = 0; r < rows; r++, y += ldy, x += ldx)
    for (let j = 0; j < n; j++) f[y + j] = f[x + j * step]!;
}

/** C [m, n] = START + A B from the packed block of A and the panels of B, `stride` elements apart. */
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
  const rows = m & ~1;
  const columns = n & ~3;
  wholeTiles(f, d, c, ldc, start, ldstart, step, b, stride, rows, columns, k);
  if (columns < n) {
    const panel = b + (columns >> 2) * stride;
    const from = start + columns * step;
    edgeTiles(f, d, c + columns, ldc, from, ldstart, step, panel, rows, n - columns, k);
  }
  for (let i = rows; i < m; i++)
    row(f, d, c + i * ldc, start + i * ldstart, step, PACKED + i * k, b, stride, n, k);
}

/** How many rows of A fit into the block: a multiple of 2. */
const blockRows = (k: number): number => 2 * ((BLOCK_SIZE / (2 * k)) | 0);

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

export type GemmKernels = Pick<Kernels, "gemm" | "gemm_tn_scratch" | "gemm_tn">;

/** Products with an operand B [k, n] packed as pack.ts does it. */
export const gemmKernels = (heap: Heap): GemmKernels => ({
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
