// In float64 from arithmetic and square roots alone, whose bits the language fixes: the host's Math.exp, log and tanh differ
// between engines. Rounded to float32 the results are the nearest number, or in one case of a thousand its neighbour (0.503 ULP).

const LOG2_E = Math.LOG2E;
const LN2 = Math.LN2;
/** 1.5 · 2^52: adding it rounds to an integer, subtracting it brings that back. */
const MAGIC = 6755399441055744;

const LARGEST_POWER = 160;
/** 2^n for |n| ≤ 160 at n + 160. To put n into the bits of a double and read it back takes three times as long. */
const POWERS: Float64Array = /* @__PURE__ */ powersOfTwo();
const bits: Float64Array = /* @__PURE__ */ new Float64Array(1);
const words: Int32Array = /* @__PURE__ */ new Int32Array(bits.buffer);

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2 * LARGEST_POWER + 1);
  for (let n = 0, up = 1, down = 1; n <= LARGEST_POWER; n++, up *= 2, down *= 0.5) {
    powers[LARGEST_POWER + n] = up;
    powers[LARGEST_POWER - n] = down;
  }
  return powers;
}

/**
 * e^x for |x| ≤ 110 or NaN: 2^n e^r, n = round(x / ln 2), |r| ≤ ln 2 / 2. The polynomial interpolates (e^r - 1) / r at
 * Chebyshev's nodes; relative error 1.1e-10.
 */
function power(x: number): number {
  const n = x * LOG2_E + MAGIC - MAGIC;
  const r = x - n * LN2;
  const s = r * r;
  const low = 0.5000000047146076 + r * 0.16666666719024553;
  const middle = 0.04166635277107287 + r * 0.008333298470892642;
  const high = 0.0013941118896547938 + r * 0.0001989928489941208;
  return (1 + r + s * (low + s * (middle + s * high))) * POWERS[(n | 0) + LARGEST_POWER]!;
}

// Arguments are kept within bounds rather than answered early: a second way out takes half as long again (4.8 against 3.2 ns).

/** e^x; what lies outside is 0 or ∞ in float32, denormals are right. */
export function exp(x: number): number {
  return power(x > 89.5 ? 89.5 : x < -104.5 ? -104.5 : x);
}

/** 1 / (1 + e^-x); above 40 that is 1, below -110 it is 0 in float32. */
export function sigmoid(x: number): number {
  return 1 / (1 + power(x > 40 ? -40 : x < -110 ? 110 : -x));
}

/** tanh x = 1 - 2 / (e^2x + 1); near 0, where that cancels, x - x³/3 + 2x⁵/15. Odd, to the bit; from 10 on it is 1. */
export function tanh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.02) {
    const s = x * x;
    return x * (1 + s * (s * 0.13333333333333333 - 0.3333333333333333));
  }
  const y = 1 - 2 / (power(a > 10 ? 20 : 2 * a) + 1);
  return x < 0 ? -y : y;
}

/** ln x = e ln 2 + ln m, √½ ≤ m < √2, by the series of artanh in s = (m - 1) / (m + 1); relative error 2e-11. |e| ≤ 160. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  bits[0] = x;
  const e = (words[1]! - 0x3fe6a09e) >> 20;
  const m = x * POWERS[LARGEST_POWER - e]!;
  const s = (m - 1) / (m + 1);
  const u = s * s;
  const low = 0.3333333327724853 + u * 0.20000060919905463;
  const high = 0.1427541040788792 + u * 0.11665233608501406;
  return e * LN2 + (2 * s + 2 * s * u * (low + u * u * high));
}

/** ln(1 + e) for 0 ≤ e ≤ 1: the rounding of u = 1 + e is made good by e / (u - 1). */
export function log1p(e: number): number {
  const u = 1 + e;
  return u === 1 ? e : log(u) * (e / (u - 1));
}

const LEAST: number = /* @__PURE__ */ Math.fround(1e-7);
const MOST: number = /* @__PURE__ */ Math.fround(1 - 1e-7);

/** A probability away from 0 and 1, as Keras keeps it; a NaN stays one. */
export const clip = (p: number): number => (p < LEAST ? LEAST : p > MOST ? MOST : p);

/** Whether `clip` changes it. */
export const isClipped = (p: number): boolean => p < LEAST || p > MOST;
