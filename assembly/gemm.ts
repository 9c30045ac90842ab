import { Panel, pack_rows, packed_size, Turn } from "./pack";
import {
  row_1x4,
  row_1x4_part,
  row_1x8,
  row_1x32,
  row_1x48,
  tile_5x4,
  tile_5x8,
  tiles_4x4,
  tiles_4x4_part,
  tiles_4x8,
} from "./tiles";

/** What accumulators start from where nothing is given: as many zeros as the widest tile has columns. */
const ZEROS = memory.data(192, 16);

/** About as many floats of A as stay in the first-level cache beside a panel of B. */
const BLOCK_FLOATS = 20480;
/** Depth of a block of the transposed product: A and B blocks of it stay in the second-level cache. */
const DEPTH = 256;

class Split {
  /** How many of m rows go into tiles of 5: the fewest with which tiles of 4, which are faster, cover the rest. */
  @inline static fives(m: i32): i32 {
    const fives = m & 3;
    return 5 * fives <= m ? fives : m >= 5 ? 1 : 0;
  }
}

/** All rows of one panel of 8 columns. */
export function panel_8(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  m: i32,
  k: i32,
): void {
  const fives = Split.fives(m);
  const fours = (m - 5 * fives) / 4;
  for (let i = fives; i > 0; i--, a += 5 * lda, c += 5 * ldc, start += 5 * lds)
    tile_5x8(c, ldc, start, lds, a, lda, b, k);
  tiles_4x8(c, ldc, start, lds, a, lda, b, k, fours);
  a += 4 * <usize>fours * lda;
  c += 4 * <usize>fours * ldc;
  start += 4 * <usize>fours * lds;
  for (let i = m - 5 * fives - 4 * fours; i > 0; i--, a += lda, c += ldc, start += lds)
    row_1x8(c, start, a, b, k);
}

/** All rows of the panel of 4 columns behind those of 8. */
export function panel_4(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  m: i32,
  k: i32,
): void {
  const fives = Split.fives(m);
  const fours = (m - 5 * fives) / 4;
  for (let i = fives; i > 0; i--, a += 5 * lda, c += 5 * ldc, start += 5 * lds)
    tile_5x4(c, ldc, start, lds, a, lda, b, k);
  tiles_4x4(c, ldc, start, lds, a, lda, b, k, fours);
  a += 4 * <usize>fours * lda;
  c += 4 * <usize>fours * ldc;
  start += 4 * <usize>fours * lds;
  for (let i = m - 5 * fives - 4 * fours; i > 0; i--, a += lda, c += ldc, start += lds)
    row_1x4(c, start, a, b, k);
}

/** All rows of the last 1 to 3 columns. */
export function panel_part(
  c: usize,
  ldc: usize,
  start: usize,
  lds: usize,
  a: usize,
  lda: usize,
  b: usize,
  m: i32,
  k: i32,
  columns: i32,
): void {
  const fours = m / 4;
  tiles_4x4_part(c, ldc, start, lds, a, lda, b, k, fours, columns);
  a += 4 * <usize>fours * lda;
  c += 4 * <usize>fours * ldc;
  start += 4 * <usize>fours * lds;
  for (let i = m - 4 * fours; i > 0; i--, a += lda, c += ldc, start += lds)
    row_1x4_part(c, start, a, b, k, columns);
}

/**
 * y[n] = START + x[k] · B: four panels at a time, then what is left.
 * packed, depth, first: see `gemm_range`.
 */
export function gemv(
  y: usize,
  start: usize,
  x: usize,
  packed: usize,
  depth: i32,
  first: i32,
  n: i32,
  k: i32,
): void {
  const panel = Panel.bytes(depth);
  const advance: usize = start == ZEROS ? 0 : 1;
  let b = packed + ((<usize>first) << 5);
  for (; n >= 48 && k >= 96; n -= 48, b += 6 * panel, y += 192, start += 192 * advance)
    row_1x48(y, start, x, b, panel, k);
  for (; n >= 32; n -= 32, b += 4 * panel, y += 128, start += 128 * advance)
    row_1x32(y, start, x, b, panel, k);
  for (; n >= 8; n -= 8, b += panel, y += 32, start += 32 * advance) row_1x8(y, start, x, b, k);
  b -= (<usize>first) << 4; // a panel of 4 columns has rows of 16 bytes
  if (n >= 4) {
    row_1x4(y, start, x, b, k);
    n -= 4;
    b += (<usize>depth) << 4;
    y += 16;
    start += 16 * advance;
  }
  if (n > 0) row_1x4_part(y, start, x, b, k, n);
}

/**
 * C = START + A · B, where B is rows `first` … `first + k - 1` of a packed operand with `depth` rows.
 *
 * c       [m, n], row stride ldc; may be `start`
 * start   [m, n], row stride ldstart (0: one row for all, a bias), or 0 for zeros
 * a       [m, k], row stride lda
 * packed  [depth, n] as pack_nt or pack_nn leave it
 * Strides in elements. Every element sums over k ascending in one accumulator: same bits whatever m, n and the blocks.
 * Blocks of rows (A stays in the first-level cache), then panels, then tiles: 4x8 and 5x8 cover every m >= 12.
 */
export function gemm_range(
  c: usize,
  ldc: i32,
  start: usize,
  ldstart: i32,
  a: usize,
  lda: i32,
  packed: usize,
  depth: i32,
  first: i32,
  m: i32,
  n: i32,
  k: i32,
): void {
  const c_row = (<usize>ldc) << 2;
  const a_row = (<usize>lda) << 2;
  const s_row = start ? (<usize>ldstart) << 2 : 0;
  const advance: usize = start ? 1 : 0;
  if (!start) start = ZEROS;
  if (m < 4) {
    for (; m > 0; m--, c += c_row, a += a_row, start += s_row)
      gemv(c, start, a, packed, depth, first, n, k);
    return;
  }
  const panel = Panel.bytes(depth);
  const blocks = 1 + (m - 1) / max(BLOCK_FLOATS / k, 10);
  const block = 1 + (m - 1) / blocks;
  for (let i = 0; i < m; i += block) {
    const rows = min(block, m - i);
    const ai = a + <usize>i * a_row;
    let ci = c + <usize>i * c_row;
    let si = start + <usize>i * s_row;
    let b = packed + ((<usize>first) << 5);
    let j = n;
    for (; j >= 8; j -= 8, b += panel, ci += 32, si += 32 * advance)
      panel_8(ci, c_row, si, s_row, ai, a_row, b, rows, k);
    b -= (<usize>first) << 4; // a panel of 4 columns has rows of 16 bytes
    if (j >= 4) {
      panel_4(ci, c_row, si, s_row, ai, a_row, b, rows, k);
      j -= 4;
      b += (<usize>depth) << 4;
      ci += 16;
      si += 16 * advance;
    }
    if (j > 0) panel_part(ci, c_row, si, s_row, ai, a_row, b, rows, k, j);
  }
}

/** C = START + A · B with all rows of the packed operand: see `gemm_range`. */
export function gemm(
  c: usize,
  ldc: i32,
  start: usize,
  ldstart: i32,
  a: usize,
  lda: i32,
  packed: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  gemm_range(c, ldc, start, ldstart, a, lda, packed, k, 0, m, n, k);
}

class Depth {
  @inline static block(k: i32): i32 {
    return min(k, DEPTH);
  }
  /** Rows of C whose columns of A are turned around at a time. */
  @inline static rows(m: i32): i32 {
    return min((m + 3) & ~3, BLOCK_FLOATS / DEPTH);
  }
}

/** Floats of scratch that gemm_tn needs: a block of Aᵀ and a block of B. */
export function gemm_tn_scratch(m: i32, n: i32, k: i32): i32 {
  const depth = Depth.block(k);
  return Depth.rows(m) * depth + packed_size(n, depth);
}

/** `m` columns of A from column `first` on, `k` rows from `a` upwards (ld negative), as rows of k. */
function turn_block(
  dst: usize,
  a: usize,
  ld: isize,
  first: i32,
  m: i32,
  k: i32,
  group: i32,
  padded: i32,
): void {
  const row = (<usize>k) << 2;
  for (let i = 0; i < m; ) {
    const column = first + i;
    const in_group = column % group;
    const src = a + ((<usize>((column / group) * padded + in_group)) << 2);
    const to = dst + <usize>i * row;
    const together = min(group - in_group, m - i);
    if (together >= 16) {
      turn_line(to, row, src, ld, k);
      i += 16;
    } else if (together >= 4) {
      turn_quad(to, row, src, ld, k);
      i += 4;
    } else {
      let from = src;
      for (let r = 0; r < k; r++, from += ld) f32.store(to + ((<usize>r) << 2), f32.load(from));
      i++;
    }
  }
}

/**
 * Sixteen neighbouring columns, a line of the cache, become sixteen rows: dst[0..15][k] = src[k]. Four columns at a time
 * read each line four times, and rows 4 KB apart push each other out of the cache in between: 3 times as slow.
 */
export function turn_line(dst: usize, row: usize, src: usize, ld: isize, k: i32): void {
  for (; k >= 4; k -= 4, src += 4 * ld, dst += 16) {
    Turn.quad(dst, row, src, ld);
    Turn.quad(dst + 4 * row, row, src + 16, ld);
    Turn.quad(dst + 8 * row, row, src + 32, ld);
    Turn.quad(dst + 12 * row, row, src + 48, ld);
  }
  if (k == 0) return;
  for (let i: usize = 0; i < 4; i++) turn_quad(dst + 4 * i * row, row, src + 16 * i, ld, k);
}

/** Four neighbouring columns become four rows, `row` bytes apart: dst[0..3][k] = src[k]. */
export function turn_quad(dst: usize, row: usize, src: usize, ld: isize, k: i32): void {
  for (; k >= 4; k -= 4, src += 4 * ld, dst += 16) Turn.quad(dst, row, src, ld);
  for (; k > 0; k--, src += ld, dst += 4) {
    f32.store(dst, f32.load(src));
    f32.store(dst + row, f32.load(src, 4));
    f32.store(dst + 2 * row, f32.load(src, 8));
    f32.store(dst + 3 * row, f32.load(src, 12));
  }
}

/**
 * C += Aᵀ · B, the product of weight gradients.
 *
 * c  [m, n], row stride ldc      a  [k, ·], row stride lda: row i of C belongs to column i / group · padded + i % group
 * b  [k, n], row stride ldb      scratch  gemm_tn_scratch(m, n, k) floats, work
 * k runs DESCENDING in one accumulator per element, from C on: a sum over time that is done in pieces, the last piece
 * first, has the same bits as the sum done at once.
 */
export function gemm_tn(
  c: usize,
  ldc: i32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  scratch: usize,
  m: i32,
  n: i32,
  k: i32,
  group: i32,
  padded: i32,
): void {
  gemm_tn_range(c, ldc, a, lda, b, ldb, scratch, 0, m, n, k, group, padded);
}

/** Rows `first` … `first + m - 1` of C += Aᵀ · B, whose addresses begin at `c`: see `gemm_tn`. */
export function gemm_tn_range(
  c: usize,
  ldc: i32,
  a: usize,
  lda: i32,
  b: usize,
  ldb: i32,
  scratch: usize,
  first: i32,
  m: i32,
  n: i32,
  k: i32,
  group: i32,
  padded: i32,
): void {
  const block = Depth.rows(m);
  const up_a = -((<isize>lda) << 2);
  const up_b = -((<isize>ldb) << 2);
  for (let end = k; end > 0; end -= DEPTH) {
    const depth = min(end, DEPTH);
    const turned = scratch;
    const packed = scratch + ((<usize>block * depth) << 2);
    pack_rows(packed, b + <usize>(end - 1) * ((<usize>ldb) << 2), up_b, n, depth, 0, depth, n);
    const last = a + <usize>(end - 1) * ((<usize>lda) << 2);
    for (let i = 0; i < m; i += block) {
      const rows = min(block, m - i);
      turn_block(turned, last, up_a, first + i, rows, depth, group, padded);
      const ci = c + ((<usize>i * ldc) << 2);
      gemm(ci, ldc, ci, ldc, turned, depth, packed, rows, n, depth);
    }
  }
}
