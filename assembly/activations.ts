import { Lanes } from "./lanes";
import { VectorMath } from "./math";

/**
 * Activation functions that are not in pointwise.ts, all behind one pair of kernels. α and β mean what the kind says;
 * σ is the logistic function, Φ and φ the normal distribution and its density. bindings/ops/activations.ts has the
 * same numbers.
 *
 *   forward   y = f(x)            y may be x, all arrays [n]
 *   backward  dx += dy · f'(x)    at a kink the slope to its left
 */
const enum Kind {
  /** αx + β */
  AFFINE,
  /** min(max(x, α), β); the slope is 0 at either bound: ReLU6 */
  HARD_TANH,
  /** min(max(αx + β, 0), 1); likewise */
  HARD_SIGMOID,
  /** x, left of 0 αx */
  LEAKY_RELU,
  /** x where x > α, else 0 */
  THRESHOLDED_RELU,
  /** x / (1 + |x|) */
  SOFTSIGN,
  /** α tanh(βx) */
  SCALED_TANH,
  /** βx, left of 0 βα (e^x - 1): SELU with its constants (Klambauer et al. 2017, arXiv:1706.02515), else β = 1 */
  ELU,
  /** ln(1 + e^x) */
  SOFTPLUS,
  /** x Φ(x): Hendrycks & Gimpel 2016, arXiv:1606.08415 */
  GELU,
  /** x tanh(ln(1 + e^x)): Misra 2019, arXiv:1908.08681 */
  MISH,
  /** x σ(x) */
  SWISH,
  /** x σ(2√(2/π) (x + 0.044715 x³)), which is ½x (1 + tanh(√(2/π) (x + 0.044715 x³))): an approximation of x Φ(x) */
  GELU_TANH,
}

/** From ±120 on e^-|x| is 0, and what has it for a factor what it is at infinity, where it would be computed as 0 · ∞. */
const END: f32 = 120;
/** From ±2^30 on x / (1 + |x|) is ±1; at infinity it would be NaN. */
const SOFTSIGN_END: f32 = 1073741824;
/** From e^20 on tanh(ln(1 + e^x)) is 1. */
const MISH_END: f32 = 20;

/** 2√(2/π) and 2√(2/π) · 0.044715. */
const GELU_LINEAR: f32 = 1.5957691216057308;
const GELU_CUBIC: f32 = 0.07135481282553474;

/** 1 / √(2π) and p / √2, where p = 0.3275911 is that of `NORMAL_TAIL`. */
const NORMAL_DENSITY: f32 = 0.3989422804014327;
const NORMAL_SCALE: f32 = 0.23164189;
/**
 * Φ(-|x|) = ½ e^(-x²/2) (a1 t + … + a5 t⁵), t = 1 / (1 + p |x| / √2), to 7.5e-8: M. Abramowitz, I. A. Stegun,
 * Handbook of Mathematical Functions, 7.1.26. Here a5/2 … a1/2.
 */
const NORMAL_TAIL = memory.data<f32>([
  0.5307027145, -0.7265760135, 0.7107068705, -0.142248368, 0.127414796,
]);

/** 1/13, … 1/3, 1: artanh s = s (1 + s²/3 + s⁴/5 + …), for s <= 1/3 to 2e-8. */
const ARTANH = memory.data<f32>([
  0.07692307692307693, 0.09090909090909091, 0.1111111111111111, 0.14285714285714285, 0.2,
  0.3333333333333333, 1,
]);

// Not inlined, and loops instead of unrolled polynomials: these are small beside the layers around them, and every
// program carries them.
class Activations {
  /** Horner's scheme over n coefficients, the highest first. */
  static polynomial(x: v128, coefficients: usize, n: i32): v128 {
    let p = v128.load32_splat(coefficients);
    for (let i = 1; i < n; i++)
      p = Lanes.fma(v128.load32_splat(coefficients + ((<usize>i) << 2)), x, p);
    return p;
  }

  static exp(x: v128): v128 {
    return VectorMath.exp(x);
  }

  static tanh(x: v128): v128 {
    return VectorMath.tanh(x);
  }

  /** x within [low, high]; a NaN stays. */
  @inline static within(x: v128, low: f32, high: f32): v128 {
    return f32x4.pmin(f32x4.pmax(x, f32x4.splat(low)), f32x4.splat(high));
  }

  /** e^x - 1 for x <= 0, also where that is small: 2t / (1 - t), t = tanh(x/2). */
  @inline static expm1(x: v128): v128 {
    const t = Activations.tanh(f32x4.mul(x, f32x4.splat(0.5)));
    return f32x4.div(f32x4.add(t, t), f32x4.sub(f32x4.splat(1), t));
  }

  /** ln(1 + e^x) = max(x, 0) + 2 artanh(e / (2 + e)), e = e^-|x|. */
  @inline static softplus(x: v128): v128 {
    const e = Activations.exp(f32x4.neg(f32x4.abs(x)));
    const s = f32x4.div(e, f32x4.add(f32x4.splat(2), e));
    const p = Activations.polynomial(f32x4.mul(s, s), ARTANH, 7);
    return Lanes.fma(f32x4.pmax(x, f32x4.splat(0)), f32x4.add(s, s), p);
  }

  /** 1 / (1 + e^-v). */
  static logistic(v: v128): v128 {
    const e = Activations.exp(f32x4.neg(f32x4.abs(v)));
    const one = f32x4.splat(1);
    const numerator = v128.bitselect(e, one, f32x4.lt(v, f32x4.splat(0)));
    return f32x4.div(numerator, f32x4.add(one, e));
  }

  /** What is the argument of σ: x, or a cubic of it. */
  @inline static gated(kind: Kind, x: v128): v128 {
    if (kind == Kind.SWISH) return x;
    const cubic = f32x4.mul(f32x4.mul(x, x), f32x4.splat(GELU_CUBIC));
    return f32x4.mul(x, f32x4.add(f32x4.splat(GELU_LINEAR), cubic));
  }

  /** Φ(x), given e^(-x²/2). */
  static normal(x: v128, e: v128): v128 {
    const one = f32x4.splat(1);
    const t = f32x4.div(one, Lanes.fma(one, f32x4.abs(x), f32x4.splat(NORMAL_SCALE)));
    const tail = f32x4.mul(f32x4.mul(e, t), Activations.polynomial(t, NORMAL_TAIL, 5));
    return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
  }

  /** e^(-x²/2) */
  @inline static bell(x: v128): v128 {
    return Activations.exp(f32x4.mul(f32x4.mul(x, x), f32x4.splat(-0.5)));
  }

  /** m = e² + 2e, e = e^x: tanh(ln(1 + e)) = m / (m + 2). */
  @inline static mish_term(e: v128): v128 {
    return f32x4.mul(e, f32x4.add(e, f32x4.splat(2)));
  }

  static value(kind: Kind, x: v128, alpha: v128, beta: v128): v128 {
    const zero = f32x4.splat(0);
    const two = f32x4.splat(2);
    if (kind == Kind.AFFINE) return Lanes.fma(beta, alpha, x);
    if (kind == Kind.HARD_TANH) return f32x4.pmin(f32x4.pmax(x, alpha), beta);
    if (kind == Kind.HARD_SIGMOID) return Activations.within(Lanes.fma(beta, alpha, x), 0, 1);
    if (kind == Kind.LEAKY_RELU) return v128.bitselect(f32x4.mul(alpha, x), x, f32x4.lt(x, zero));
    if (kind == Kind.THRESHOLDED_RELU) return v128.andnot(x, f32x4.le(x, alpha));
    if (kind == Kind.SOFTSIGN) {
      x = Activations.within(x, -SOFTSIGN_END, SOFTSIGN_END);
      return f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x)));
    }
    if (kind == Kind.SCALED_TANH) return f32x4.mul(alpha, Activations.tanh(f32x4.mul(beta, x)));
    if (kind == Kind.ELU) {
      const left = f32x4.mul(alpha, Activations.expm1(x));
      return f32x4.mul(beta, v128.bitselect(left, x, f32x4.lt(x, zero)));
    }
    if (kind == Kind.SOFTPLUS) return Activations.softplus(x);
    x = f32x4.pmax(x, f32x4.splat(-END));
    if (kind == Kind.GELU) return f32x4.mul(x, Activations.normal(x, Activations.bell(x)));
    if (kind == Kind.MISH) {
      const clamped = f32x4.pmin(x, f32x4.splat(MISH_END));
      const m = Activations.mish_term(Activations.exp(clamped));
      return f32x4.mul(x, f32x4.div(m, f32x4.add(m, two)));
    }
    return f32x4.mul(x, Activations.logistic(Activations.gated(kind, x)));
  }

  static slope(kind: Kind, x: v128, alpha: v128, beta: v128): v128 {
    const zero = f32x4.splat(0);
    const one = f32x4.splat(1);
    const two = f32x4.splat(2);
    if (kind == Kind.AFFINE) return alpha;
    if (kind == Kind.HARD_TANH)
      return v128.and(one, v128.and(f32x4.gt(x, alpha), f32x4.lt(x, beta)));
    if (kind == Kind.HARD_SIGMOID) {
      const y = Lanes.fma(beta, alpha, x);
      return v128.and(alpha, v128.and(f32x4.gt(y, zero), f32x4.lt(y, one)));
    }
    if (kind == Kind.LEAKY_RELU) return v128.bitselect(one, alpha, f32x4.gt(x, zero));
    if (kind == Kind.THRESHOLDED_RELU) return v128.and(one, f32x4.gt(x, alpha));
    if (kind == Kind.SOFTSIGN) {
      const d = f32x4.add(one, f32x4.abs(x));
      return f32x4.div(one, f32x4.mul(d, d));
    }
    if (kind == Kind.SCALED_TANH) {
      const t = Activations.tanh(f32x4.mul(beta, x));
      return f32x4.mul(f32x4.mul(alpha, beta), f32x4.sub(one, f32x4.mul(t, t)));
    }
    if (kind == Kind.ELU) {
      const left = f32x4.mul(alpha, Activations.exp(x));
      return f32x4.mul(beta, v128.bitselect(one, left, f32x4.gt(x, zero)));
    }
    if (kind == Kind.SOFTPLUS) return Activations.logistic(x);
    x = Activations.within(x, -END, END);
    if (kind == Kind.GELU) {
      const e = Activations.bell(x);
      const density = f32x4.mul(e, f32x4.splat(NORMAL_DENSITY));
      return Lanes.fma(Activations.normal(x, e), x, density);
    }
    if (kind == Kind.MISH) {
      const clamped = f32x4.pmin(x, f32x4.splat(MISH_END));
      const e = Activations.exp(clamped);
      const m = Activations.mish_term(e);
      const d = f32x4.add(m, two);
      // m' = 2e (e + 1), and the slope of m / (m + 2) is 2 m' / (m + 2)².
      const rise = f32x4.mul(f32x4.mul(two, f32x4.add(e, e)), f32x4.add(e, one));
      const curved = f32x4.mul(x, f32x4.div(f32x4.div(rise, d), d));
      return f32x4.add(f32x4.div(m, d), curved);
    }
    const s = Activations.logistic(Activations.gated(kind, x));
    let rate = one;
    if (kind == Kind.GELU_TANH) {
      const x2 = f32x4.mul(x, x);
      rate = Lanes.fma(f32x4.splat(GELU_LINEAR), f32x4.splat(3 * GELU_CUBIC), x2);
    }
    const curved = f32x4.mul(f32x4.mul(x, rate), f32x4.sub(one, s));
    return f32x4.mul(s, f32x4.add(one, curved));
  }
}

/** y = f(x): y, x [n] */
export function activation_forward(
  y: usize,
  x: usize,
  n: i32,
  kind: i32,
  alpha: f32,
  beta: f32,
): void {
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  for (; n > 0; n -= 4) {
    Lanes.store(y, Activations.value(kind, Lanes.load(x, n), a, b), n);
    x += 16;
    y += 16;
  }
}

/** dx += dy · f'(x): dx, dy, x [n] */
export function activation_backward(
  dx: usize,
  dy: usize,
  x: usize,
  n: i32,
  kind: i32,
  alpha: f32,
  beta: f32,
): void {
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  for (; n > 0; n -= 4) {
    const slope = Activations.slope(kind, Lanes.load(x, n), a, b);
    Lanes.store(dx, Lanes.fma(Lanes.load(dx, n), Lanes.load(dy, n), slope), n);
    dx += 16;
    dy += 16;
    x += 16;
  }
}
