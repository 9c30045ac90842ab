import type { Extras } from "../core/extras.ts";
import type { Heap } from "./heap.ts";
import { exp, log, sigmoid, tanh } from "./math.ts";

export type ActivationKernels = Pick<Extras, "activation_forward" | "activation_backward">;

// The kinds of assembly/activations.ts, in the same order.
const AFFINE = 0;
const HARD_TANH = 1;
const HARD_SIGMOID = 2;
const LEAKY_RELU = 3;
const THRESHOLDED_RELU = 4;
const SOFTSIGN = 5;
const SCALED_TANH = 6;
const ELU = 7;
const SOFTPLUS = 8;
const GELU = 9;
const MISH = 10;
const SWISH = 11;

/** From ±120 on e^-|x| is 0 in float32, and what has it for a factor what it is at infinity. */
const END = 120;
/** From ±2^30 on x / (1 + |x|) is ±1 in float32; at infinity it would be NaN. */
const SOFTSIGN_END = 2 ** 30;
/** From e^20 on tanh(ln(1 + e^x)) is 1 in float32. */
const MISH_END = 20;

const GELU_LINEAR = 1.5957691216057308; // 2√(2/π)
const GELU_CUBIC = 0.044715 * GELU_LINEAR;
const NORMAL_DENSITY = 0.3989422804014327; // 1 / √(2π)
const NORMAL_SCALE = 0.3275911 * Math.SQRT1_2;

/** x within [low, high]; a NaN stays. */
const within = (x: number, low: number, high: number): number =>
  x < low ? low : x > high ? high : x;

/** e^x - 1 for x <= 0, also where that is small. */
function expm1(x: number): number {
  const t = tanh(0.5 * x);
  return (2 * t) / (1 - t);
}

/** ln(1 + e^x) = max(x, 0) + ln(1 + e), e = e^-|x|; of a small e that is e - e²/2, to 3e-11. */
function softplus(x: number): number {
  const e = exp(-Math.abs(x));
  return (x < 0 ? 0 : x) + (e < 1e-5 ? e - 0.5 * e * e : log(1 + e));
}

/** Φ(x), given e^(-x²/2): Abramowitz & Stegun, 7.1.26, to 7.5e-8. */
function normal(x: number, e: number): number {
  const t = 1 / (1 + NORMAL_SCALE * Math.abs(x));
  const q = 0.7107068705 + t * (-0.7265760135 + t * 0.5307027145);
  const tail = e * t * (0.127414796 + t * (-0.142248368 + t * q));
  return x < 0 ? tail : 1 - tail;
}

/** What is the argument of σ: x, or a cubic of it. */
const gated = (kind: number, x: number): number =>
  kind === SWISH ? x : x * (GELU_LINEAR + GELU_CUBIC * x * x);

function value(kind: number, x: number, alpha: number, beta: number): number {
  switch (kind) {
    case AFFINE:
      return alpha * x + beta;
    case HARD_TANH:
      return within(x, alpha, beta);
    case HARD_SIGMOID:
      return within(alpha * x + beta, 0, 1);
    case LEAKY_RELU:
      return x < 0 ? alpha * x : x;
    case THRESHOLDED_RELU:
      return x <= alpha ? 0 : x;
    case SOFTSIGN: {
      const v = within(x, -SOFTSIGN_END, SOFTSIGN_END);
      return v / (1 + Math.abs(v));
    }
    case SCALED_TANH:
      return alpha * tanh(beta * x);
    case ELU:
      return beta * (x < 0 ? alpha * expm1(x) : x);
    case SOFTPLUS:
      return softplus(x);
  }
  const v = x < -END ? -END : x;
  if (kind === GELU) return v * normal(v, exp(-0.5 * v * v));
  if (kind === MISH) {
    const e = exp(v > MISH_END ? MISH_END : v);
    const m = e * (e + 2);
    return (v * m) / (m + 2);
  }
  return v * sigmoid(gated(kind, v));
}

function slope(kind: number, x: number, alpha: number, beta: number): number {
  switch (kind) {
    case AFFINE:
      return alpha;
    case HARD_TANH:
      return x > alpha && x < beta ? 1 : 0;
    case HARD_SIGMOID: {
      const y = alpha * x + beta;
      return y > 0 && y < 1 ? alpha : 0;
    }
    case LEAKY_RELU:
      return x > 0 ? 1 : alpha;
    case THRESHOLDED_RELU:
      return x > alpha ? 1 : 0;
    case SOFTSIGN: {
      const d = 1 + Math.abs(x);
      return 1 / (d * d);
    }
    case SCALED_TANH: {
      const t = tanh(beta * x);
      return alpha * beta * (1 - t * t);
    }
    case ELU:
      return beta * (x > 0 ? 1 : alpha * exp(x));
    case SOFTPLUS:
      return sigmoid(x);
  }
  const v = within(x, -END, END);
  if (kind === GELU) {
    const e = exp(-0.5 * v * v);
    return normal(v, e) + v * NORMAL_DENSITY * e;
  }
  if (kind === MISH) {
    const e = exp(v > MISH_END ? MISH_END : v);
    const m = e * (e + 2);
    const d = m + 2;
    return m / d + (v * 4 * e * (e + 1)) / (d * d);
  }
  const s = sigmoid(gated(kind, v));
  const rate = kind === SWISH ? 1 : GELU_LINEAR + 3 * GELU_CUBIC * v * v;
  return s * (1 + v * rate * (1 - s));
}

export const activationKernels = (heap: Heap): ActivationKernels => ({
  /** y[i] = f(x[i]), y may be x. */
  activation_forward(y, x, n, kind, alpha, beta) {
    const f = heap.f32;
    const a = Math.fround(alpha);
    const b = Math.fround(beta);
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = value(kind, f[p]!, a, b);
  },

  /** dx[i] += dy[i] f'(x[i]). */
  activation_backward(dx, dy, x, n, kind, alpha, beta) {
    const f = heap.f32;
    const a = Math.fround(alpha);
    const b = Math.fround(beta);
    let q = dx >>> 2;
    let r = x >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++)
      f[q] = f[q]! + f[p]! * slope(kind, f[r]!, a, b);
  },
});
