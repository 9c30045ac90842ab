import { Clip } from "./clip";
import { Lanes } from "./lanes";
import { VectorMath } from "./math";
import { Sums } from "./sums";

/**
 * Softmax and the losses of rows. Rows [rows, v] are taken one by one; with m = max x and s = Σ e^(x - m), both along v,
 *
 *   softmax      p = e^(x - m) / s
 *   log softmax  (x - m) - ln s
 *
 * so that nothing overflows. Sums of numbers as they stand are those of sums.ts; terms that are made on the way (powers of e,
 * products) go into four float32 sums, with which a softmax over 262,144 classes is right to 8e-7. A NaN in a row makes the
 * row's softmax and its loss NaN.
 * y may be x. Classes are below v; a negative one marks a row that is ignored: its loss is 0, its gradient untouched,
 * whatever else is in it. Nothing here is inlined: calls are cheaper than a copy of exp in every kernel.
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
 * loss[r] = -ln softmax(x[r])[class[r]].
 *
 *   loss [rows]    p [rows, v] saved: softmax(x)    x [rows, v]    classes i32[rows]
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
  for (; rows > 0; rows--) {
    const at = load<i32>(classes);
    let surprise: f32 = 0;
    if (at >= 0) {
      const m = Softmax.max(x, v);
      const gap = load<f32>(x + ((<usize>at) << 2)) - m;
      const s = Softmax.exponentials(p, x, m, v);
      Softmax.divide(p, s, v);
      surprise = Softmax.log(s) - gap;
    }
    store<f32>(loss, surprise);
    loss += 4;
    classes += 4;
    x += row;
    p += row;
  }
}

/** dx += dloss · (p - onehot(class)): dx, p [rows, v], dloss [rows], classes i32[rows] */
export function cross_entropy_backward(
  dx: usize,
  dloss: usize,
  p: usize,
  classes: usize,
  rows: i32,
  v: i32,
): void {
  const row = (<usize>v) << 2;
  for (; rows > 0; rows--) {
    const at = load<i32>(classes);
    if (at >= 0) {
      const factor = v128.load32_splat(dloss);
      const own = (<usize>at) << 2;
      const picked = load<f32>(dx + own) + load<f32>(dloss) * (load<f32>(p + own) - 1);
      for (let k = 0; k < v; k += 4) {
        const to = dx + ((<usize>k) << 2);
        const from = p + ((<usize>k) << 2);
        const sum = Lanes.fma(Lanes.load(to, v - k), factor, Lanes.load(from, v - k));
        Lanes.store(to, sum, v - k);
      }
      store<f32>(dx + own, picked);
    }
    dloss += 4;
    classes += 4;
    dx += row;
    p += row;
  }
}

/** loss[r] = -y[r, class[r]]: loss [rows], y [rows, v] log-probabilities, classes i32[rows] */
export function nll_forward(loss: usize, y: usize, classes: usize, rows: i32, v: i32): void {
  for (; rows > 0; rows--) {
    const at = load<i32>(classes);
    store<f32>(loss, at < 0 ? 0 : -load<f32>(y + ((<usize>at) << 2)));
    loss += 4;
    classes += 4;
    y += (<usize>v) << 2;
  }
}

/** dy[r, class[r]] -= dloss[r]: dy [rows, v], dloss [rows], classes i32[rows] */
export function nll_backward(dy: usize, dloss: usize, classes: usize, rows: i32, v: i32): void {
  for (; rows > 0; rows--) {
    const at = load<i32>(classes);
    const to = dy + ((<usize>at) << 2);
    if (at >= 0) store<f32>(to, load<f32>(to) - load<f32>(dloss));
    dloss += 4;
    classes += 4;
    dy += (<usize>v) << 2;
  }
}

/** y = ln clip(x / Σ x): y, x [rows, v]. What Keras makes of rows of probabilities; see `Clip`. */
export function log_normalized_forward(y: usize, x: usize, rows: i32, v: i32): void {
  for (; rows > 0; rows--) {
    const sum = f32x4.splat(Sums.row(x, v));
    for (let k = v; k > 0; k -= 4) {
      Lanes.store(y, VectorMath.log(Clip.value(f32x4.div(Lanes.load(x, k), sum))), k);
      const step = (<usize>min(k, 4)) << 2;
      x += step;
      y += step;
    }
  }
}

/** With q = x / Σ x and g = dy / q where q is not clipped, else 0: dx += (g - Σ g · q) / Σ x. All [rows, v]. */
export function log_normalized_backward(dx: usize, dy: usize, x: usize, rows: i32, v: i32): void {
  for (; rows > 0; rows--) {
    const total = f32x4.splat(Sums.row(x, v));
    let reached = f32x4.splat(0);
    for (let k = 0; k < v; k += 4) {
      const at = (<usize>k) << 2;
      const q = f32x4.div(Lanes.load(x + at, v - k), total);
      reached = f32x4.add(reached, Clip.slope(Lanes.load(dy + at, v - k), q));
    }
    const share = f32x4.splat(Lanes.sum(reached));
    for (let k = v; k > 0; k -= 4) {
      const q = f32x4.div(Lanes.load(x, k), total);
      const slope = f32x4.sub(Clip.slope(f32x4.div(Lanes.load(dy, k), q), q), share);
      Lanes.store(dx, f32x4.add(Lanes.load(dx, k), f32x4.div(slope, total)), k);
      const step = (<usize>min(k, 4)) << 2;
      dx += step;
      dy += step;
      x += step;
    }
  }
}
