import { Lanes } from "./lanes";

/**
 * Random numbers without state: element i is lane i % 4 of Philox4x32-10 at counter (i / 4, 0, stream, 0) under the key
 * (seed_lo, seed_hi). J. K. Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011, section 3.3 and table 2.
 * bindings/js/random.ts does the same operations in the same order, for the same bits: integers of 32 bits, then f64.
 */

/** Philox: the multipliers, and what the key grows by in each round (golden ratio and √3 - 1). */
const MULTIPLIER_0: u32 = 0xd2511f53;
const MULTIPLIER_1: u32 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;
const ROUNDS = 10;

const LN2: f64 = 0.6931471805599453;
const SQRT2: f64 = 1.4142135623730951;
/** 2π · 2^-32: one step of a 32-bit angle. */
const ANGLE: f64 = 1.4629180792671596e-9;

export class Random {
  /** Four words of 32 bits. */
  @inline static block(block: u32, stream: u32, key_0: u32, key_1: u32): v128 {
    let c0 = block;
    let c1: u32 = 0;
    let c2 = stream;
    let c3: u32 = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const product_0 = <u64>MULTIPLIER_0 * <u64>c0;
      const product_1 = <u64>MULTIPLIER_1 * <u64>c2;
      c0 = <u32>(product_1 >> 32) ^ c1 ^ key_0;
      c1 = <u32>product_1;
      c2 = <u32>(product_0 >> 32) ^ c3 ^ key_1;
      c3 = <u32>product_0;
      key_0 += WEYL_0;
      key_1 += WEYL_1;
    }
    let words = i32x4.splat(c0);
    words = i32x4.replace_lane(words, 1, c1);
    words = i32x4.replace_lane(words, 2, c2);
    return i32x4.replace_lane(words, 3, c3);
  }

  /** low + (the upper 24 bits of u) / 2^24 · (high - low), kept below high by one f32 where it is rounded up to it. */
  @inline static uniform(u: u32, low: f64, high: f64): f32 {
    const value = <f32>(low + <f64>(u >> 8) * 5.9604644775390625e-8 * (high - low));
    return <f64>value >= high && low < high ? Random.below(value) : value;
  }

  /** The next f32 below a finite one. */
  @inline static below(value: f32): f32 {
    if (value == 0) return -f32.MIN_VALUE;
    const bits = reinterpret<i32>(value);
    return reinterpret<f32>(value > 0 ? bits - 1 : bits + 1);
  }

  /**
   * ln((a + ½) / 2^32), to 1e-13: with z leading zeros in a, and s = (a + ½) 2^(z - 31) in [1, 2), halved above √2,
   * ln s = 2 artanh t = 2 (t + t³/3 + t⁵/5 + …), t = (s - 1) / (s + 1).
   */
  @inline static log_fraction(a: u32): f64 {
    const zeros = clz(a);
    const lift: f64 = zeros < 32 ? <f64>((<u32>1) << zeros) : 4294967296;
    let s = (<f64>a + 0.5) * lift * 4.656612873077393e-10;
    let exponent = -1 - zeros;
    if (s > SQRT2) {
      s *= 0.5;
      exponent += 1;
    }
    const t = (s - 1) / (s + 1);
    const z = t * t;
    let p: f64 = 1.0 / 15;
    p = 1.0 / 13 + z * p;
    p = 1.0 / 11 + z * p;
    p = 1.0 / 9 + z * p;
    p = 1.0 / 7 + z * p;
    p = 1.0 / 5 + z * p;
    p = 1.0 / 3 + z * p;
    p = 1.0 + z * p;
    return <f64>exponent * LN2 + 2 * t * p;
  }

  /** sin x for |x| <= π/4, to 1e-11: Taylor's series. */
  @inline static sin(x: f64): f64 {
    const z = x * x;
    let p: f64 = -1.0 / 39916800;
    p = 1.0 / 362880 + z * p;
    p = -1.0 / 5040 + z * p;
    p = 1.0 / 120 + z * p;
    p = -1.0 / 6 + z * p;
    return x + x * z * p;
  }

  /** cos x for |x| <= π/4, to 1e-12: Taylor's series. */
  @inline static cos(x: f64): f64 {
    const z = x * x;
    let p: f64 = 1.0 / 479001600;
    p = -1.0 / 3628800 + z * p;
    p = 1.0 / 40320 + z * p;
    p = -1.0 / 720 + z * p;
    p = 1.0 / 24 + z * p;
    p = -0.5 + z * p;
    return 1 + z * p;
  }

  /**
   * Two independent normal numbers from a and b, rounded to f32: G. E. P. Box, M. E. Muller, 1958.
   * The angle 2π b / 2^32 is a number of quarter turns and a rest of an eighth at most to either side.
   */
  @inline static normal_pair(a: u32, b: u32, mean: f64, std: f64): v128 {
    const radius = sqrt<f64>(-2 * Random.log_fraction(a));
    const quarter = (b + 0x20000000) >> 30;
    const rest = <f64>(<i32>(b - (quarter << 30))) * ANGLE;
    const sin = Random.sin(rest);
    const cos = Random.cos(rest);
    let first = cos;
    let second = sin;
    if (quarter == 1) {
      first = -sin;
      second = cos;
    } else if (quarter == 2) {
      first = -cos;
      second = -sin;
    } else if (quarter == 3) {
      first = sin;
      second = -cos;
    }
    const pair = f64x2.splat(mean + std * (radius * first));
    return f32x4.demote_f64x2_zero(f64x2.replace_lane(pair, 1, mean + std * (radius * second)));
  }
}

/** y = uniform in [low, high): y [n]. low = high gives low. */
export function random_uniform(
  y: usize,
  n: i32,
  seed_lo: i32,
  seed_hi: i32,
  stream: i32,
  low: f64,
  high: f64,
): void {
  for (let block = 0; n > 0; block++) {
    const u = Random.block(block, stream, seed_lo, seed_hi);
    let v = f32x4.splat(Random.uniform(i32x4.extract_lane(u, 0), low, high));
    v = f32x4.replace_lane(v, 1, Random.uniform(i32x4.extract_lane(u, 1), low, high));
    v = f32x4.replace_lane(v, 2, Random.uniform(i32x4.extract_lane(u, 2), low, high));
    v = f32x4.replace_lane(v, 3, Random.uniform(i32x4.extract_lane(u, 3), low, high));
    Lanes.store(y, v, n);
    y += 16;
    n -= 4;
  }
}

/** y = normal with the given mean and standard deviation: y [n]. Lanes (0, 1) and (2, 3) of a block make a pair each. */
export function random_normal(
  y: usize,
  n: i32,
  seed_lo: i32,
  seed_hi: i32,
  stream: i32,
  mean: f64,
  std: f64,
): void {
  for (let block = 0; n > 0; block++) {
    const u = Random.block(block, stream, seed_lo, seed_hi);
    const a = Random.normal_pair(i32x4.extract_lane(u, 0), i32x4.extract_lane(u, 1), mean, std);
    const b = Random.normal_pair(i32x4.extract_lane(u, 2), i32x4.extract_lane(u, 3), mean, std);
    Lanes.store(y, v128.shuffle<i64>(a, b, 0, 2), n);
    y += 16;
    n -= 4;
  }
}

/** y = uniform integers in [low, high), i32: y [n]. The upper half of u · (high - low), biased by less than one in 2^32. */
export function random_integers(
  y: usize,
  n: i32,
  seed_lo: i32,
  seed_hi: i32,
  stream: i32,
  low: i32,
  high: i32,
): void {
  const range = <u64>(<u32>(high - low));
  for (let block = 0; n > 0; block++) {
    const u = Random.block(block, stream, seed_lo, seed_hi);
    let v = i32x4.splat(low + <i32>((<u64>(<u32>i32x4.extract_lane(u, 0)) * range) >> 32));
    v = i32x4.replace_lane(v, 1, low + <i32>((<u64>(<u32>i32x4.extract_lane(u, 1)) * range) >> 32));
    v = i32x4.replace_lane(v, 2, low + <i32>((<u64>(<u32>i32x4.extract_lane(u, 2)) * range) >> 32));
    v = i32x4.replace_lane(v, 3, low + <i32>((<u64>(<u32>i32x4.extract_lane(u, 3)) * range) >> 32));
    Lanes.store(y, v, n);
    y += 16;
    n -= 4;
  }
}
