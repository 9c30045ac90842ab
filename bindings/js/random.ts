// The operations of assembly/random.ts in the same order, for the same bits: Philox4x32-10 (Salmon et al. 2011, section 3.3)
// in integers of 32 bits, then float64. A product of 32 by 32 bits is made of 16-bit halves.

import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";

const MULTIPLIER_0 = 0xd2511f53 | 0;
const MULTIPLIER_1 = 0xcd9e8d57 | 0;
const WEYL_0 = 0x9e3779b9 | 0;
const WEYL_1 = 0xbb67ae85 | 0;
const ROUNDS = 10;

const LN2 = Math.LN2;
const SQRT2 = Math.SQRT2;
/** 2π · 2^-32: one step of a 32-bit angle. */
const ANGLE = 1.4629180792671596e-9;

export type RandomKernels = Pick<Kernels, "random_uniform" | "random_normal" | "random_integers">;

/** The four words of a block. */
export const words: Int32Array = /* @__PURE__ */ new Int32Array(4);
/** The numbers that are made of them. */
const values: Float64Array = /* @__PURE__ */ new Float64Array(4);
const single: Float32Array = /* @__PURE__ */ new Float32Array(1);
const singleBits: Int32Array = /* @__PURE__ */ new Int32Array(single.buffer);

/** The upper 32 bits of the product of two u32. */
export function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const low = (Math.imul(a0, b1) + (middle & 0xffff)) | 0;
  return (Math.imul(a1, b1) + (middle >>> 16) + (low >>> 16)) | 0;
}

/** words = Philox at counter (block, 0, stream, 0). */
export function philox(block: number, stream: number, key0: number, key1: number): void {
  let c0 = block | 0;
  let c1 = 0;
  let c2 = stream | 0;
  let c3 = 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

/** The next float32 below a finite one. */
function below(value: number): number {
  single[0] = value;
  const bits = singleBits[0]!;
  singleBits[0] = value === 0 ? 0x80000001 : value > 0 ? bits - 1 : bits + 1;
  return single[0];
}

/**
 * ln((a + ½) / 2^32): with z leading zeros in a, and s = (a + ½) 2^(z - 31) in [1, 2), halved above √2,
 * ln s = 2 artanh t = 2 (t + t³/3 + t⁵/5 + …), t = (s - 1) / (s + 1).
 */
function logFraction(a: number): number {
  const zeros = Math.clz32(a);
  const lift = zeros < 32 ? (1 << zeros) >>> 0 : 4294967296;
  let s = ((a >>> 0) + 0.5) * lift * 4.656612873077393e-10;
  let exponent = -1 - zeros;
  if (s > SQRT2) {
    s *= 0.5;
    exponent += 1;
  }
  const t = (s - 1) / (s + 1);
  const z = t * t;
  let p = 1 / 15;
  p = 1 / 13 + z * p;
  p = 1 / 11 + z * p;
  p = 1 / 9 + z * p;
  p = 1 / 7 + z * p;
  p = 1 / 5 + z * p;
  p = 1 / 3 + z * p;
  p = 1 + z * p;
  return exponent * LN2 + 2 * t * p;
}

/** sin x for |x| <= π/4: Taylor's series. */
function sine(x: number): number {
  const z = x * x;
  let p = -1 / 39916800;
  p = 1 / 362880 + z * p;
  p = -1 / 5040 + z * p;
  p = 1 / 120 + z * p;
  p = -1 / 6 + z * p;
  return x + x * z * p;
}

/** cos x for |x| <= π/4: Taylor's series. */
function cosine(x: number): number {
  const z = x * x;
  let p = 1 / 479001600;
  p = -1 / 3628800 + z * p;
  p = 1 / 40320 + z * p;
  p = -1 / 720 + z * p;
  p = 1 / 24 + z * p;
  p = -0.5 + z * p;
  return 1 + z * p;
}

/** values[lane], values[lane + 1] = two independent normal numbers from the words there (Box & Muller 1958). */
function normalPair(lane: number, mean: number, std: number): void {
  const b = words[lane + 1]!;
  const radius = Math.sqrt(-2 * logFraction(words[lane]!));
  const quarter = (b + 0x20000000) >>> 30;
  const rest = ((b - (quarter << 30)) | 0) * ANGLE;
  const sin = sine(rest);
  const cos = cosine(rest);
  let first = cos;
  let second = sin;
  if (quarter === 1) {
    first = -sin;
    second = cos;
  } else if (quarter === 2) {
    first = -cos;
    second = -sin;
  } else if (quarter === 3) {
    first = sin;
    second = -cos;
  }
  values[lane] = mean + std * (radius * first);
  values[lane + 1] = mean + std * (radius * second);
}

/** Element i is lane i mod 4 of block i / 4 under the key (seed_lo, seed_hi). */
export const randomKernels = (heap: Heap): RandomKernels => ({
  /** Uniform in [low, high), of 24 bits; low = high gives low. */
  random_uniform(y, n, seed_lo, seed_hi, stream, low, high) {
    const f = heap.f32;
    const q = y >>> 2;
    for (let i = 0; i < n; i += 4) {
      philox(i >>> 2, stream, seed_lo, seed_hi);
      for (let lane = 0, left = Math.min(4, n - i); lane < left; lane++) {
        const fraction = (words[lane]! >>> 8) * 5.9604644775390625e-8;
        const value = Math.fround(low + fraction * (high - low));
        f[q + i + lane] = value >= high && low < high ? below(value) : value;
      }
    }
  },

  random_normal(y, n, seed_lo, seed_hi, stream, mean, std) {
    const f = heap.f32;
    const q = y >>> 2;
    for (let i = 0; i < n; i += 4) {
      philox(i >>> 2, stream, seed_lo, seed_hi);
      normalPair(0, mean, std);
      normalPair(2, mean, std);
      for (let lane = 0, left = Math.min(4, n - i); lane < left; lane++)
        f[q + i + lane] = values[lane]!;
    }
  },

  /** Uniform integers in [low, high), i32: the upper half of u · (high - low). */
  random_integers(y, n, seed_lo, seed_hi, stream, low, high) {
    const w = heap.i32;
    const q = y >>> 2;
    const range = (high - low) | 0;
    for (let i = 0; i < n; i += 4) {
      philox(i >>> 2, stream, seed_lo, seed_hi);
      for (let lane = 0, left = Math.min(4, n - i); lane < left; lane++)
        w[q + i + lane] = low + multiplyHigh(words[lane]!, range);
    }
  },
});
