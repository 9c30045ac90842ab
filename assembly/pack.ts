/**
 * Packed operands. A K×N matrix B is kept as panels of 8 columns, [K][8] each, one behind the other; what is left over
 * goes into one or two panels of 4 columns, [K][4], the last one with zeros behind the columns there are.
 * So the micro-kernels read B as one stream, whatever it looked like before.
 */

export class Panel {
  /**
   * Bytes from one panel of 8 columns to the next: its K rows of 32 bytes and a line of the cache. Without that line panels
   * of K = 128 begin 4 KB apart, and a product of one row, which reads several at a time, takes a third longer.
   */
  @inline static bytes(k: i32): usize {
    return ((<usize>k) << 5) + 64;
  }
}

/** Floats that a packed K×N operand takes. */
export function packed_size(n: i32, k: i32): i32 {
  const whole = n >> 3;
  return whole * (8 * k + 16) + (((n & 7) + 3) & ~3) * k;
}

class Quad {
  /** Where columns c … c+3 (c a multiple of 4) of a packed operand with N columns begin. */
  @inline static at(packed: usize, c: i32, n: i32, k: i32): usize {
    const panels = min(c, n & ~7) >> 3;
    const first = packed + <usize>panels * Panel.bytes(k);
    return c < (n & ~7) ? first + ((c & 4) << 2) : first + ((<usize>(c & 7) * k) << 2);
  }

  /** Bytes from one k to the next there. */
  @inline static stride(c: i32, n: i32): usize {
    return c < (n & ~7) ? 32 : 16;
  }
}

export class Turn {
  /** A 4×4 block at src, rows `ld` bytes apart, to dst with rows and columns exchanged, rows `stride` bytes apart. */
  @inline static quad(dst: usize, stride: usize, src: usize, ld: isize): void {
    const a = v128.load(src);
    const b = v128.load(src + ld);
    const c = v128.load(src + 2 * ld);
    const d = v128.load(src + 3 * ld);
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(dst, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
    v128.store(dst + stride, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
    v128.store(dst + 2 * stride, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
    v128.store(dst + 3 * stride, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
  }
}

/** Four rows of `src`, `ld` bytes apart, become four columns: dst[k] = src[0..3][k]. */
export function transpose_quad(dst: usize, stride: usize, src: usize, ld: usize, k: i32): void {
  for (; k >= 4; k -= 4, dst += 4 * stride, src += 16) Turn.quad(dst, stride, src, ld);
  let r0 = src;
  let r1 = r0 + ld;
  let r2 = r1 + ld;
  let r3 = r2 + ld;
  for (; k > 0; k--, r0 += 4, r1 += 4, r2 += 4, r3 += 4, dst += stride) {
    f32.store(dst, f32.load(r0));
    f32.store(dst, f32.load(r1), 4);
    f32.store(dst, f32.load(r2), 8);
    f32.store(dst, f32.load(r3), 12);
  }
}

/** One row of `src` becomes one column of a quad. */
function spread_column(dst: usize, stride: usize, src: usize, k: i32): void {
  for (; k > 0; k--, src += 4, dst += stride) f32.store(dst, f32.load(src));
}

function zero_quad(dst: usize, stride: usize, k: i32): void {
  for (; k > 0; k--, dst += stride) v128.store(dst, f32x4.splat(0));
}

/**
 * The operand of y = x Wᵀ: column c is a row of W.
 *
 * packed [K ← k, N ← n / group · padded]      w [n, k]
 * Every `group` rows of W become `padded` columns, zeros behind. Without groups: group = padded = n.
 */
export function pack_nt(packed: usize, w: usize, n: i32, k: i32, group: i32, padded: i32): void {
  const columns = (n / group) * padded;
  const ld = (<usize>k) << 2;
  for (let c = 0; c < columns; c += 4) {
    const dst = Quad.at(packed, c, columns, k);
    const stride = Quad.stride(c, columns);
    const j = c % padded;
    const src = w + <usize>((c / padded) * group + j) * ld;
    const valid = min(group - j, 4);
    if (valid == 4) {
      transpose_quad(dst, stride, src, ld, k);
    } else {
      zero_quad(dst, stride, k);
      for (let i = 0; i < valid; i++) spread_column(dst + (i << 2), stride, src + <usize>i * ld, k);
    }
  }
}

/** Rows of four neighbouring columns, one behind the other; `ld` bytes from row to row (negative: upwards). */
export function copy_quad(dst: usize, stride: usize, src: usize, ld: isize, k: i32): void {
  for (; k > 0; k--, src += ld, dst += stride) v128.store(dst, v128.load(src));
}

/** The same for a whole panel of 8, which reads each cache line once. */
export function copy_panel(dst: usize, src: usize, ld: isize, k: i32): void {
  for (; k > 0; k--, src += ld, dst += 32) {
    v128.store(dst, v128.load(src));
    v128.store(dst, v128.load(src, 16), 16);
  }
}

/** Copies `k` rows of all `n` columns of `w` to row `at` on of a packed operand with K rows and `width` columns. */
export function pack_rows(
  packed: usize,
  w: usize,
  ld: isize,
  n: i32,
  k: i32,
  at: i32,
  rows: i32,
  width: i32,
): void {
  for (let c = 0; c < width; c += 4) {
    const stride = Quad.stride(c, width);
    const dst = Quad.at(packed, c, width, rows) + <usize>at * stride;
    const src = w + ((<usize>c) << 2);
    if ((c & 7) == 0 && stride == 32 && c + 8 <= n) {
      copy_panel(dst, src, ld, k);
      c += 4;
    } else if (c + 4 <= n) {
      copy_quad(dst, stride, src, ld, k);
    } else {
      zero_quad(dst, stride, k);
      for (let i = 0; i < n - c; i++) {
        let from = src + (i << 2);
        let to = dst + (i << 2);
        for (let r = 0; r < k; r++, from += ld, to += stride) f32.store(to, f32.load(from));
      }
    }
  }
}

/**
 * The operand of y = x W.
 *
 * packed [K ← k / group · padded, N ← width]      w [k, n]
 * Every `group` rows of W are followed by zero rows up to `padded`; zero columns follow the n there are up to `width`.
 * Plain: group = padded = k, width = n.
 */
export function pack_nn(
  packed: usize,
  w: usize,
  n: i32,
  k: i32,
  group: i32,
  padded: i32,
  width: i32,
): void {
  const rows = (k / group) * padded;
  const ld = (<isize>n) << 2;
  if (padded > group) memory.fill(packed, 0, (<usize>packed_size(width, rows)) << 2);
  for (let g = 0; g < k / group; g++) {
    pack_rows(packed, w + <usize>(g * group) * ld, ld, n, group, g * padded, rows, width);
  }
}
