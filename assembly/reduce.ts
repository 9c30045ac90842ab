import { Lanes } from "./lanes";
import { Sums } from "./sums";

/**
 * Sums and maxima over one axis: x is seen as [outer, n, inner] and y as [outer, inner].
 *
 *   inner > 1   each element of y has its own accumulator, n ascending
 *   inner = 1   by chunks, see sums.ts
 */
export function sum_axis_forward(
  y: usize,
  x: usize,
  scale: f32,
  outer: i32,
  n: i32,
  inner: i32,
): void {
  const row = (<usize>inner) << 2;
  const factor = f32x4.splat(scale);
  for (let o = 0; o < outer; o++) {
    if (inner == 1) store<f32>(y, scale * Sums.row(x, n));
    else Sums.columns(false, y, x, row, n, inner, factor);
    x += row * n;
    y += row;
  }
}

/** dx[o, k, i] += scale · dy[o, i]: dx [outer, n, inner], dy [outer, inner] */
export function sum_axis_backward(
  dx: usize,
  dy: usize,
  scale: f32,
  outer: i32,
  n: i32,
  inner: i32,
): void {
  const factor = f32x4.splat(scale);
  const row = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    if (inner == 1) {
      const term = f32x4.mul(factor, v128.load32_splat(dy));
      for (let k = n; k > 0; k -= 4) {
        Lanes.store(dx, f32x4.add(Lanes.load(dx, k), term), k);
        dx += (<usize>min(k, 4)) << 2;
      }
    } else {
      for (let k = 0; k < n; k++) {
        for (let i = 0; i < inner; i += 4) {
          const at = (<usize>i) << 2;
          const sum = Lanes.fma(
            Lanes.load(dx + at, inner - i),
            factor,
            Lanes.load(dy + at, inner - i),
          );
          Lanes.store(dx + at, sum, inner - i);
        }
        dx += row;
      }
    }
    dy += row;
  }
}

/**
 * y[o, i] = max over k of x[o, k, i], index[o, i] = the first k where it is (i32, saved). A NaN is larger than anything.
 * y, index [outer, inner], x [outer, n, inner], n > 0.
 */
export function max_axis_forward(
  y: usize,
  index: usize,
  x: usize,
  outer: i32,
  n: i32,
  inner: i32,
): void {
  const row = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i += 4) {
      const at = (<usize>i) << 2;
      let p = x + at;
      let best = Lanes.load(p, inner - i);
      let where = i32x4.splat(0);
      for (let k = 1; k < n; k++) {
        p += row;
        const v = Lanes.load(p, inner - i);
        // v is larger or NaN, and best is not NaN yet.
        const larger = v128.andnot(f32x4.eq(best, best), f32x4.le(v, best));
        best = v128.bitselect(v, best, larger);
        where = v128.bitselect(i32x4.splat(k), where, larger);
      }
      Lanes.store(y + at, best, inner - i);
      Lanes.store(index + at, where, inner - i);
    }
    x += row * n;
    y += row;
    index += row;
  }
}

/** dx[o, index[o, i], i] += dy[o, i]: dx [outer, n, inner], dy [outer, inner], index of forward */
export function max_axis_backward(
  dx: usize,
  dy: usize,
  index: usize,
  outer: i32,
  n: i32,
  inner: i32,
): void {
  const row = (<usize>inner) << 2;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const at = (<usize>i) << 2;
      const p = dx + at + row * load<i32>(index + at);
      store<f32>(p, load<f32>(p) + load<f32>(dy + at));
    }
    dx += row * n;
    dy += row;
    index += row;
  }
}

/** Σ x² in f64: element k in accumulator k % 4, added up as (0 + 2) + (1 + 3). x [n] */
export function sum_squares(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; n > 0; n -= 4) {
    const v = Lanes.load(x, n);
    const left = f64x2.promote_low_f32x4(v);
    const right = f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0));
    low = f64x2.add(low, f64x2.mul(left, left));
    high = f64x2.add(high, f64x2.mul(right, right));
    x += 16;
  }
  const pairs = f64x2.add(low, high);
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}

/**
 * d[j] += Σ a[r, column(j)] over descending r, starting from d: the gradient of a bias. a [rows, lda], d [cols]. Columns come in
 * groups of `group`, each padded to a multiple of 4 in a: column(j) = j + (j / group) (R(group) - group).
 */
export function column_sums(d: usize, a: usize, lda: i32, rows: i32, cols: i32, group: i32): void {
  const row = (<usize>lda) << 2;
  const last = a + row * (rows - 1);
  for (let g = 0; g < cols; g += group) {
    const padded = last + ((<usize>((g / group) * ((group + 3) & ~3))) << 2);
    Sums.columns(true, d + ((<usize>g) << 2), padded, -row, rows, group, f32x4.splat(1));
  }
}
