import { Lanes } from "./lanes";

// Constants are read from memory, one splat each. Built in registers they cost three instructions in every turn of a
// loop: tanh took 1.1, log and sigmoid 1.2 times as long.

/** ln x and e^x share ln 2, as the difference of a short number, whose product with n is exact, and the rest. */
const SHARED = memory.data<f32>([1, 0.693359375, 2.1219444e-4]);
const ONE = SHARED;
const LN2_HIGH = SHARED + 4;
const LN2_LOW = SHARED + 8;

/** log2 e, then the coefficients of Cephes expf. */
const EXPONENTIAL = memory.data<f32>([
  1.44269504088896341, 5.0000001201e-1, 1.6666665459e-1, 4.1665795894e-2, 8.3334519073e-3,
  1.3981999507e-3, 1.98756915e-4,
]);
const LOG2_E = EXPONENTIAL;
const EXP_POLYNOMIAL = EXPONENTIAL + 4;

// To add 1.5 · 2^23 rounds to the nearest integer n and leaves it in the low bits of the sum; with n + 127 there, a shift
// by 23 makes 2^n of it. What else is in the constants is meant for that shift.

/** e^x: the bounds of x between which it is neither ∞ nor 0, and 1.5 · 2^23 + 254, the exponent of two factors. */
const EXP = memory.data<f32>([89, -104, 12583166]);
const EXP_HIGHEST = EXP;
const EXP_LOWEST = EXP + 4;
const EXP_MAGIC = EXP + 8;

/** sigmoid: the bounds of -x between which it is neither 0 nor 1, 2^-64, and 1.5 · 2^23 + 127 - 64. */
const SIGMOID = memory.data<f32>([104, -20, 5.421010862427522e-20, 12582975]);
const SIGMOID_HIGHEST = SIGMOID;
const SIGMOID_LOWEST = SIGMOID + 4;
const SIGMOID_UNIT = SIGMOID + 8;
const SIGMOID_MAGIC = SIGMOID + 12;

/** tanh: 10, from where it is 1; the end of the polynomial; 2; 1.5 · 2^23 + 127; the coefficients of Cephes tanhf. */
const TANH = memory.data<f32>([
  10, 0.625, 2, 12583039, -3.33332819422e-1, 1.33314422036e-1, -5.37397155531e-2, 2.06390887954e-2,
  -5.70498872745e-3,
]);
const TANH_HIGHEST = TANH;
const TANH_SMALL = TANH + 4;
const TWO = TANH + 8;
const TANH_MAGIC = TANH + 12;
const TANH_POLYNOMIAL = TANH + 16;

/** log: the smallest normal number; 2^23, which makes a denormal normal; ½; the coefficients of Cephes logf. */
const LOG = memory.data<f32>([
  1.17549435e-38, 8388608, 0.5, 3.3333331174e-1, -2.4999993993e-1, 2.0000714765e-1,
  -1.6668057665e-1, 1.4249322787e-1, -1.2420140846e-1, 1.167699874e-1, -1.151461031e-1,
  7.0376836292e-2,
]);
const SMALLEST_NORMAL = LOG;
const LIFT = LOG + 4;
const HALF = LOG + 8;
const LOG_POLYNOMIAL = LOG + 12;

/** The bits of √½, where the mantissas of log begin; the exponent of 2^23; the bits of ∞, -∞, and of all but the sign. */
const BITS = memory.data<i32>([0x3f3504f3, 23, 0x7f800000, 0xff800000, 0x7fffffff]);
const SQRT_HALF = BITS;
const LIFT_EXPONENT = BITS + 4;
const INFINITY = BITS + 8;
const MINUS_INFINITY = BITS + 12;
const MAGNITUDE = BITS + 16;

/**
 * exp, log, tanh and sigmoid of four f32, the same bits on every engine. The error given is the largest over all finite
 * floats against float64, in units of the last place (ULP); ±0, denormals, infinities and NaN come out as IEEE 754 has
 * them. Polynomials: S. L. Moshier, Cephes, single/expf.c, logf.c and tanhf.c.
 */
export class VectorMath {
  /** The constant at p in all lanes. */
  @inline private static all(p: usize): v128 {
    return v128.load32_splat(p);
  }

  /** Horner's step: the i-th coefficient + x · p. Spelled out one by one below, as loops are not unrolled. */
  @inline private static horner(p: v128, x: v128, polynomial: usize, i: usize): v128 {
    return Lanes.fma(VectorMath.all(polynomial + (i << 2)), x, p);
  }

  /** e^(x - n ln 2), at most half of ln 2 from 1: 1 + r + r² q(r). Estrin's scheme, for a shorter chain. */
  @inline private static exp_reduced(x: v128, n: v128): v128 {
    let r = f32x4.sub(x, f32x4.mul(n, VectorMath.all(LN2_HIGH)));
    r = Lanes.fma(r, n, VectorMath.all(LN2_LOW));
    const r2 = f32x4.mul(r, r);
    const q01 = VectorMath.horner(VectorMath.all(EXP_POLYNOMIAL + 4), r, EXP_POLYNOMIAL, 0);
    const q23 = VectorMath.horner(VectorMath.all(EXP_POLYNOMIAL + 12), r, EXP_POLYNOMIAL, 2);
    const q45 = VectorMath.horner(VectorMath.all(EXP_POLYNOMIAL + 20), r, EXP_POLYNOMIAL, 4);
    const q = Lanes.fma(Lanes.fma(q01, r2, q23), f32x4.mul(r2, r2), q45);
    return f32x4.add(Lanes.fma(r, r2, q), VectorMath.all(ONE));
  }

  /** e^x, monotone, to 1.02 ULP. */
  @inline static exp(x: v128): v128 {
    x = f32x4.pmax(f32x4.pmin(x, VectorMath.all(EXP_HIGHEST)), VectorMath.all(EXP_LOWEST));
    const magic = VectorMath.all(EXP_MAGIC);
    const t = Lanes.fma(magic, x, VectorMath.all(LOG2_E));
    const p = VectorMath.exp_reduced(x, f32x4.sub(t, magic));
    // n reaches from -150 (denormals) to 128, too far for one factor: each has half of n + 254 for its exponent.
    const half = i32x4.shr_s(t, 1);
    const rest = i32x4.sub(t, half);
    return f32x4.mul(f32x4.mul(p, i32x4.shl(half, 23)), i32x4.shl(rest, 23));
  }

  /**
   * 1 / (1 + e^-x), monotone, to 2.49 ULP (right of 0: 1.5), as 2^-64 / (2^-64 + 2^-64 e^-x): so nothing overflows where
   * the result is denormal.
   */
  @inline static sigmoid(x: v128): v128 {
    let a = f32x4.sub(f32x4.splat(0), x);
    a = f32x4.pmax(f32x4.pmin(a, VectorMath.all(SIGMOID_HIGHEST)), VectorMath.all(SIGMOID_LOWEST));
    const magic = VectorMath.all(SIGMOID_MAGIC);
    const t = Lanes.fma(magic, a, VectorMath.all(LOG2_E));
    const p = VectorMath.exp_reduced(a, f32x4.sub(t, magic));
    const unit = VectorMath.all(SIGMOID_UNIT);
    return f32x4.div(unit, Lanes.fma(unit, p, i32x4.shl(t, 23)));
  }

  /** tanh x, monotone, to 1.34 ULP: ±(1 - 2 / (e^2|x| + 1)), below 0.625 x + x³ p(x²). */
  @inline static tanh(x: v128): v128 {
    const a = v128.and(x, VectorMath.all(MAGNITUDE));
    const clamped = f32x4.pmin(a, VectorMath.all(TANH_HIGHEST));
    const twice = f32x4.add(clamped, clamped);
    const magic = VectorMath.all(TANH_MAGIC);
    const t = Lanes.fma(magic, twice, VectorMath.all(LOG2_E));
    const e = f32x4.mul(VectorMath.exp_reduced(twice, f32x4.sub(t, magic)), i32x4.shl(t, 23));
    const one = VectorMath.all(ONE);
    const large = f32x4.sub(one, f32x4.div(VectorMath.all(TWO), f32x4.add(e, one)));

    const z = f32x4.mul(a, a);
    let p = VectorMath.all(TANH_POLYNOMIAL + 16);
    p = VectorMath.horner(p, z, TANH_POLYNOMIAL, 3);
    p = VectorMath.horner(p, z, TANH_POLYNOMIAL, 2);
    p = VectorMath.horner(p, z, TANH_POLYNOMIAL, 1);
    p = VectorMath.horner(p, z, TANH_POLYNOMIAL, 0);
    const small = Lanes.fma(a, f32x4.mul(a, z), p);

    const magnitude = v128.bitselect(small, large, f32x4.lt(a, VectorMath.all(TANH_SMALL)));
    return v128.or(magnitude, v128.xor(x, a));
  }

  /**
   * ln x, monotone, to 0.84 ULP: e ln 2 + ln m for x = 2^e m with √½ <= m < √2, and ln m = f - f²/2 + f³ p(f) with
   * f = m - 1.
   */
  @inline static log(x: v128): v128 {
    const tiny = f32x4.lt(x, VectorMath.all(SMALLEST_NORMAL));
    const normal = v128.bitselect(f32x4.mul(x, VectorMath.all(LIFT)), x, tiny);
    const shift = i32x4.shr_s(i32x4.sub(normal, VectorMath.all(SQRT_HALF)), 23);
    const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(shift, 23)), VectorMath.all(ONE));
    const lift = v128.and(tiny, VectorMath.all(LIFT_EXPONENT));
    const e = f32x4.convert_i32x4_s(i32x4.sub(shift, lift));

    const z = f32x4.mul(f, f);
    let p = VectorMath.all(LOG_POLYNOMIAL + 32);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 7);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 6);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 5);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 4);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 3);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 2);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 1);
    p = VectorMath.horner(p, f, LOG_POLYNOMIAL, 0);
    let y = f32x4.mul(f32x4.mul(f, z), p);
    y = f32x4.sub(y, f32x4.mul(e, VectorMath.all(LN2_LOW)));
    y = f32x4.sub(y, f32x4.mul(z, VectorMath.all(HALF)));
    y = Lanes.fma(f32x4.add(f, y), e, VectorMath.all(LN2_HIGH));

    // ∞ and NaN are added on, for 0 so is -∞; left of 0 all bits are set, which is a NaN.
    const zero = f32x4.splat(0);
    y = f32x4.add(y, v128.andnot(x, f32x4.lt(x, VectorMath.all(INFINITY))));
    y = f32x4.add(y, v128.and(f32x4.eq(x, zero), VectorMath.all(MINUS_INFINITY)));
    return v128.or(y, f32x4.lt(x, zero));
  }
}
