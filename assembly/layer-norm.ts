import { Lanes } from "./lanes";
import { CHUNK, Sums } from "./sums";

/**
 * Layer normalisation (Ba, Kiros & Hinton 2016, arXiv:1607.06450), row by row:
 *
 *   x̂ = (x - μ) / √(σ² + ε),  y = x̂ w + b      μ and σ² (the biased one) of the row
 *
 * x, y, dx, dy [rows, n]; mean, rstd [rows] (saved; rstd = 1 / √(σ² + ε)); w, b, dw, db [n]. w and b may be 0: without
 * them. Of the gradients, any may be 0: not wanted. y is not x.
 */
class LayerNorm {
  static sum(x: usize, n: i32): f32 {
    return Sums.row(x, n);
  }

  /** (x - μ) · rstd */
  @inline static normalised(x: usize, mean: v128, rstd: v128, n: i32): v128 {
    return f32x4.mul(f32x4.sub(Lanes.load(x, n), mean), rstd);
  }

  /** dL/dx̂: dy, or dy · w */
  @inline static slope(dy: usize, w: usize, at: usize, n: i32): v128 {
    const v = Lanes.load(dy + at, n);
    return w ? f32x4.mul(v, Lanes.load(w + at, n)) : v;
  }

  /** d += v, unless d is 0 */
  @inline static add(d: usize, at: usize, v: v128, n: i32): void {
    if (d) Lanes.store(d + at, f32x4.add(Lanes.load(d + at, n), v), n);
  }
}

export function layer_norm_forward(
  y: usize,
  mean: usize,
  rstd: usize,
  x: usize,
  w: usize,
  b: usize,
  rows: i32,
  n: i32,
  epsilon: f32,
): void {
  const row = (<usize>n) << 2;
  for (; rows > 0; rows--) {
    const middle = LayerNorm.sum(x, n) / <f32>n;
    const m = f32x4.splat(middle);
    for (let i = 0; i < n; i += 4) {
      const at = (<usize>i) << 2;
      const d = f32x4.sub(Lanes.load(x + at, n - i), m);
      Lanes.store(y + at, f32x4.mul(d, d), n - i);
    }
    const scale: f32 = 1 / sqrt<f32>(LayerNorm.sum(y, n) / <f32>n + epsilon);
    const s = f32x4.splat(scale);
    for (let i = 0; i < n; i += 4) {
      const at = (<usize>i) << 2;
      let v = LayerNorm.normalised(x + at, m, s, n - i);
      if (w) v = f32x4.mul(v, Lanes.load(w + at, n - i));
      if (b) v = f32x4.add(v, Lanes.load(b + at, n - i));
      Lanes.store(y + at, v, n - i);
    }
    store<f32>(mean, middle);
    store<f32>(rstd, scale);
    x += row;
    y += row;
    mean += 4;
    rstd += 4;
  }
}

/**
 * With g = dy · w: dx += rstd (g - mean g - x̂ · mean(g x̂)), dw += Σ dy x̂, db += Σ dy, both over rows ascending. Means add up
 * in the order of sums.ts.
 */
export function layer_norm_backward(
  dx: usize,
  dw: usize,
  db: usize,
  dy: usize,
  x: usize,
  mean: usize,
  rstd: usize,
  w: usize,
  rows: i32,
  n: i32,
): void {
  const row = (<usize>n) << 2;
  for (; rows > 0; rows--) {
    const m = v128.load32_splat(mean);
    const s = v128.load32_splat(rstd);
    let slopes: f64 = 0;
    let products: f64 = 0;
    for (let i = 0; i < n; ) {
      const end = min(n, i + CHUNK);
      let sum = f32x4.splat(0);
      let dot = f32x4.splat(0);
      for (; i < end; i += 4) {
        const at = (<usize>i) << 2;
        const g = LayerNorm.slope(dy, w, at, n - i);
        sum = f32x4.add(sum, g);
        dot = Lanes.fma(dot, g, LayerNorm.normalised(x + at, m, s, n - i));
      }
      slopes += <f64>Lanes.sum(sum);
      products += <f64>Lanes.sum(dot);
    }
    const level = f32x4.splat(<f32>(slopes / <f64>n));
    const tilt = f32x4.splat(<f32>(products / <f64>n));
    for (let i = 0; i < n; i += 4) {
      const at = (<usize>i) << 2;
      const v = LayerNorm.normalised(x + at, m, s, n - i);
      const own = f32x4.sub(LayerNorm.slope(dy, w, at, n - i), level);
      LayerNorm.add(dx, at, f32x4.mul(s, f32x4.sub(own, f32x4.mul(v, tilt))), n - i);
      const out = Lanes.load(dy + at, n - i);
      LayerNorm.add(dw, at, f32x4.mul(out, v), n - i);
      LayerNorm.add(db, at, out, n - i);
    }
    x += row;
    dy += row;
    if (dx) dx += row;
    mean += 4;
    rstd += 4;
  }
}
