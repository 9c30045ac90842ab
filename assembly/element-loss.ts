import { Clip } from "./clip";
import { Lanes } from "./lanes";
import { VectorMath } from "./math";

/**
 * Losses of pairs of numbers, element by element: y [n] out of predictions p [n] and targets t [n]. The letter d is p - t, c
 * is p kept within 1e-7 and 1 - 1e-7 (Keras' clipping; outside there is no gradient).
 *
 *   kind             y                                   dy/dp
 *   SQUARED          d²                                  2d
 *   ABSOLUTE         |d|                                 sign d, and sign 0 = 0
 *   HUBER            s (d - s / 2)                       s = d kept within ±delta (Huber 1964)
 *   BINARY           -t ln c - (1 - t) ln(1 - c)         (c - t) / c (1 - c)
 *   LOGISTIC         max(p, 0) - p t + ln(1 + e^-|p|)    σ(p) - t
 *
 * The gradient of t is that of p with p and t exchanged for the first three; for the others these kinds of backward have it:
 *
 *   BINARY_TARGET    ln(1 - c) - ln c
 *   LOGISTIC_TARGET  -p
 *
 * The same numbers stand in bindings/ops/element-loss.ts and bindings/js/element-loss.ts.
 */
const enum Kind {
  SQUARED,
  ABSOLUTE,
  HUBER,
  BINARY,
  LOGISTIC,
  BINARY_TARGET,
  LOGISTIC_TARGET,
}

class ElementLoss {
  /** x within ±delta; of NaN, NaN. */
  static bound(x: v128, delta: v128): v128 {
    return f32x4.pmin(f32x4.pmax(x, f32x4.neg(delta)), delta);
  }

  static log(x: v128): v128 {
    return VectorMath.log(x);
  }

  /** ln(1 + e) for 0 <= e <= 1: the rounding of u = 1 + e is made good by e / (u - 1). (Higham, Accuracy and Stability, 1.14.1) */
  static log1p(e: v128): v128 {
    const one = f32x4.splat(1);
    const u = f32x4.add(one, e);
    const kept = f32x4.sub(u, one);
    const y = f32x4.mul(ElementLoss.log(u), f32x4.div(e, kept));
    return v128.bitselect(e, y, f32x4.eq(kept, f32x4.splat(0)));
  }

  static value(kind: i32, p: v128, t: v128, delta: v128): v128 {
    const one = f32x4.splat(1);
    if (kind == Kind.BINARY) {
      const c = Clip.value(p);
      const hit = f32x4.mul(t, ElementLoss.log(c));
      return f32x4.neg(Lanes.fma(hit, f32x4.sub(one, t), ElementLoss.log(f32x4.sub(one, c))));
    }
    if (kind == Kind.LOGISTIC) {
      const e = VectorMath.exp(f32x4.neg(f32x4.abs(p)));
      const linear = f32x4.sub(f32x4.pmax(p, f32x4.splat(0)), f32x4.mul(p, t));
      return f32x4.add(linear, ElementLoss.log1p(e));
    }
    const d = f32x4.sub(p, t);
    if (kind == Kind.SQUARED) return f32x4.mul(d, d);
    if (kind == Kind.ABSOLUTE) return f32x4.abs(d);
    const s = ElementLoss.bound(d, delta);
    return f32x4.mul(s, f32x4.sub(d, f32x4.mul(s, f32x4.splat(0.5))));
  }

  static slope(kind: i32, p: v128, t: v128, delta: v128): v128 {
    const one = f32x4.splat(1);
    const zero = f32x4.splat(0);
    if (kind == Kind.LOGISTIC) return f32x4.sub(VectorMath.sigmoid(p), t);
    if (kind == Kind.LOGISTIC_TARGET) return f32x4.neg(p);
    if (kind >= Kind.BINARY) {
      const c = Clip.value(p);
      const rest = f32x4.sub(one, c);
      if (kind == Kind.BINARY_TARGET) return f32x4.sub(ElementLoss.log(rest), ElementLoss.log(c));
      return Clip.slope(f32x4.div(f32x4.sub(c, t), f32x4.mul(c, rest)), p);
    }
    const d = f32x4.sub(p, t);
    if (kind == Kind.SQUARED) return f32x4.add(d, d);
    if (kind == Kind.HUBER) return ElementLoss.bound(d, delta);
    return f32x4.sub(v128.and(one, f32x4.gt(d, zero)), v128.and(one, f32x4.lt(d, zero)));
  }
}

/** y = loss of each pair: y, p, t [n]. `delta` is for HUBER; `kind` is one of the first five above. */
export function element_loss_forward(
  y: usize,
  p: usize,
  t: usize,
  delta: f32,
  n: i32,
  kind: i32,
): void {
  const bound = f32x4.splat(delta);
  for (; n > 0; n -= 4) {
    Lanes.store(y, ElementLoss.value(kind, Lanes.load(p, n), Lanes.load(t, n), bound), n);
    y += 16;
    p += 16;
    t += 16;
  }
}

/** d += dy · slope: d [n] the gradient of p, or of t for a kind that says so, dy, p, t [n] */
export function element_loss_backward(
  d: usize,
  dy: usize,
  p: usize,
  t: usize,
  delta: f32,
  n: i32,
  kind: i32,
): void {
  const bound = f32x4.splat(delta);
  for (; n > 0; n -= 4) {
    const slope = ElementLoss.slope(kind, Lanes.load(p, n), Lanes.load(t, n), bound);
    Lanes.store(d, Lanes.fma(Lanes.load(d, n), Lanes.load(dy, n), slope), n);
    d += 16;
    dy += 16;
    p += 16;
    t += 16;
  }
}
