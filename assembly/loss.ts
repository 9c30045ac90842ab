import { Lanes } from "./lanes";
import { VectorMath } from "./math";
import { CHUNK, Sums } from "./sums";

/**
 * Softmax and the losses. Rows [rows, v] are taken one by one; with m = max x and s = Σ e^(x - m), both along v,
 *
 *   softmax      p = e^(x - m) / s
 *   log softmax  (x - m) - ln s
 *
 * so that nothing overflows. Sums along a row are those of sums.ts; sums over rows ascend. A NaN in a row makes the row's
 * softmax and every loss NaN. y may be x. Nothing here is inlined: calls are cheaper than a copy of exp in every kernel.
 */
class Softmax {
  /** The largest of x[n]; what a NaN is compared with stays, and the sum that follows is NaN. */
  static max(x: usize, n: i32): f32 {
    const none = f32x4.splat(f32.NEGATIVE_INFINITY);
    let best = none;
    for (; n >= 4; n -= 4) {
      best = f32x4.pmax(best, v128.load(x));
      x += 16;
    }
    if (n > 0) best = f32x4.pmax(best, v128.bitselect(Lanes.load_part(x, n), none, Lanes.mask(n)));
    return Lanes.max(best);
  }

  /** Σ e^(x - m), and the terms to y unless that is 0. */
  static exponentials(y: usize, x: usize, m: f32, n: i32): f32 {
    const top = f32x4.splat(m);
    let sum = f32x4.splat(0);
    for (; n > 0; n -= 4) {
      const e = VectorMath.exp(f32x4.sub(Lanes.load(x, n), top));
      sum = f32x4.add(sum, v128.and(e, Lanes.mask(min(n, 4))));
      if (y) {
        Lanes.store(y, e, n);
        y += 16;
      }
      x += 16;
    }
    return Lanes.sum(sum);
  }

  static divide(y: usize, s: f32, n: i32): void {
    const by = f32x4.splat(s);
    for (; n > 0; n -= 4) {
      Lanes.store(y, f32x4.div(Lanes.load(y, n), by), n);
      y += 16;
    }
  }

  static log(s: f32): f32 {
    return f32x4.extract_lane(VectorMath.log(f32x4.splat(s)), 0);
  }

  /** Σ a · b along a row. */
  static dot(a: usize, b: usize, n: i32): f32 {
    let sum = f32x4.splat(0);
    for (; n > 0; n -= 4) {
      sum = Lanes.fma(sum, Lanes.load(a, n), Lanes.load(b, n));
      a += 16;
      b += 16;
    }
    return Lanes.sum(sum);
  }
}

/** y = softmax(x): y, x [rows, v] */
export function softmax_forward(y: usize, x: usize, rows: i32, v: i32): void {
  const row = (<usize>v) << 2;
  for (; rows > 0; rows--) {
    Softmax.divide(y, Softmax.exponentials(y, x, Softmax.max(x, v), v), v);
    x += row;
    y += row;
  }
}

/** dx += y · (dy - Σ dy · y): all [rows, v] */
export function softmax_backward(dx: usize, dy: usize, y: usize, rows: i32, v: i32): void {
  for (; rows > 0; rows--) {
    const mean = f32x4.splat(Softmax.dot(dy, y, v));
    for (let k = v; k > 0; k -= 4) {
      const slope = f32x4.sub(Lanes.load(dy, k), mean);
      Lanes.store(dx, Lanes.fma(Lanes.load(dx, k), Lanes.load(y, k), slope), k);
      const step = (<usize>min(k, 4)) << 2;
      dx += step;
      dy += step;
      y += step;
    }
  }
}

/** y = ln softmax(x): y, x [rows, v] */
export function log_softmax_forward(y: usize, x: usize, rows: i32, v: i32): void {
  for (; rows > 0; rows--) {
    const m = Softmax.max(x, v);
    const top = f32x4.splat(m);
    const log_sum = f32x4.splat(Softmax.log(Softmax.exponentials(0, x, m, v)));
    for (let k = v; k > 0; k -= 4) {
      Lanes.store(y, f32x4.sub(f32x4.sub(Lanes.load(x, k), top), log_sum), k);
      const step = (<usize>min(k, 4)) << 2;
      x += step;
      y += step;
    }
  }
}

/** dx += dy - e^y Σ dy: all [rows, v] */
export function log_softmax_backward(dx: usize, dy: usize, y: usize, rows: i32, v: i32): void {
  for (; rows > 0; rows--) {
    const sum = f32x4.splat(Sums.row(dy, v));
    for (let k = v; k > 0; k -= 4) {
      const p = VectorMath.exp(Lanes.load(y, k));
      const slope = f32x4.sub(Lanes.load(dy, k), f32x4.mul(p, sum));
      Lanes.store(dx, f32x4.add(Lanes.load(dx, k), slope), k);
      const step = (<usize>min(k, 4)) << 2;
      dx += step;
      dy += step;
      y += step;
    }
  }
}

/**
 * loss = mean over rows of -ln softmax(x)[class].
 *
 *   loss [1]    p [rows, v] saved: softmax(x)    x [rows, v]    classes i32[rows]
 */
export function cross_entropy_forward(
  loss: usize,
  p: usize,
  x: usize,
  classes: usize,
  rows: i32,
  v: i32,
): void {
  const row = (<usize>v) << 2;
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const m = Softmax.max(x, v);
    const s = Softmax.exponentials(p, x, m, v);
    const picked = load<f32>(x + ((<usize>load<i32>(classes + ((<usize>r) << 2))) << 2));
    Softmax.divide(p, s, v);
    total += <f64>(Softmax.log(s) - (picked - m));
    x += row;
    p += row;
  }
  store<f32>(loss, <f32>(total / <f64>rows));
}

/** dx += dloss / rows · (p - onehot(class)): dx, p [rows, v], dloss [1], classes i32[rows] */
export function cross_entropy_backward(
  dx: usize,
  dloss: usize,
  p: usize,
  classes: usize,
  rows: i32,
  v: i32,
): void {
  const share = load<f32>(dloss) / <f32>rows;
  const factor = f32x4.splat(share);
  for (let r = 0; r < rows; r++) {
    const at = (<usize>load<i32>(classes + ((<usize>r) << 2))) << 2;
    const picked = load<f32>(dx + at) + share * (load<f32>(p + at) - 1);
    const to = dx + at;
    for (let k = v; k > 0; k -= 4) {
      Lanes.store(dx, Lanes.fma(Lanes.load(dx, k), factor, Lanes.load(p, k)), k);
      const step = (<usize>min(k, 4)) << 2;
      dx += step;
      p += step;
    }
    store<f32>(to, picked);
  }
}

/**
 * loss = mean over rows of -Σ target · ln softmax(x).
 *
 *   loss [1]    p [rows, v] saved: softmax(x)    x, target [rows, v]
 */
export function soft_cross_entropy_forward(
  loss: usize,
  p: usize,
  x: usize,
  target: usize,
  rows: i32,
  v: i32,
): void {
  let total: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const m = Softmax.max(x, v);
    const s = Softmax.exponentials(p, x, m, v);
    Softmax.divide(p, s, v);
    const top = f32x4.splat(m);
    const log_sum = f32x4.splat(Softmax.log(s));
    let sum = f32x4.splat(0);
    for (let k = v; k > 0; k -= 4) {
      const surprise = f32x4.sub(log_sum, f32x4.sub(Lanes.load(x, k), top));
      sum = Lanes.fma(sum, Lanes.load(target, k), v128.and(surprise, Lanes.mask(min(k, 4))));
      const step = (<usize>min(k, 4)) << 2;
      x += step;
      p += step;
      target += step;
    }
    total += <f64>Lanes.sum(sum);
  }
  store<f32>(loss, <f32>(total / <f64>rows));
}

/** dx += dloss / rows · (p Σ target - target): dx, p, target [rows, v], dloss [1] */
export function soft_cross_entropy_backward(
  dx: usize,
  dloss: usize,
  p: usize,
  target: usize,
  rows: i32,
  v: i32,
): void {
  const factor = f32x4.splat(load<f32>(dloss) / <f32>rows);
  for (let r = 0; r < rows; r++) {
    const mass = f32x4.splat(Sums.row(target, v));
    for (let k = v; k > 0; k -= 4) {
      const slope = f32x4.sub(f32x4.mul(Lanes.load(p, k), mass), Lanes.load(target, k));
      Lanes.store(dx, Lanes.fma(Lanes.load(dx, k), factor, slope), k);
      const step = (<usize>min(k, 4)) << 2;
      dx += step;
      p += step;
      target += step;
    }
  }
}

/** loss = mean (a - b)²: loss [1], a, b [n] */
export function mse_forward(loss: usize, a: usize, b: usize, n: i32): void {
  let total: f64 = 0;
  for (let k = n; k > 0; ) {
    const rest = k - CHUNK;
    let sum = f32x4.splat(0);
    for (; k > 0 && k > rest; k -= 4) {
      const gap = f32x4.sub(Lanes.load(a, k), Lanes.load(b, k));
      sum = Lanes.fma(sum, gap, gap);
      a += 16;
      b += 16;
    }
    total += <f64>Lanes.sum(sum);
  }
  store<f32>(loss, <f32>(total / <f64>n));
}

/** da += dloss · 2 / n · (a - b): da, a, b [n], dloss [1]. The gradient of b is the same with a and b exchanged. */
export function mse_backward(da: usize, dloss: usize, a: usize, b: usize, n: i32): void {
  const factor = f32x4.splat((load<f32>(dloss) * 2) / <f32>n);
  for (; n > 0; n -= 4) {
    const gap = f32x4.sub(Lanes.load(a, n), Lanes.load(b, n));
    Lanes.store(da, Lanes.fma(Lanes.load(da, n), factor, gap), n);
    da += 16;
    a += 16;
    b += 16;
  }
}
