import { describe, expect, it } from "vitest";
import { sigmoid } from "../reference/pointwise.ts";
import { kernelSets, TestHeap } from "./harness.ts";

/** Largest error allowed, in units of the last place of a float32. */
const functions = [
  { name: "exp", value: Math.exp, limit: 1.5 },
  { name: "log", value: Math.log, limit: 1.5 },
  { name: "tanh", value: Math.tanh, limit: 2 },
  { name: "sigmoid", value: sigmoid, limit: 2.5 },
] as const;

/** Every so-many-th of the 2^32 bit patterns; a prime, so that mantissas of all kinds come up. */
const STRIDE = 2053;
const CHUNK = 8192;

const special = [
  0,
  -0,
  1,
  -1,
  0.625,
  -0.625,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  -(2 ** -126),
  3.4028234663852886e38,
  -3.4028234663852886e38,
  88.72283172607422,
  88.72284698486328,
  -87.33654022216797,
  -103.97207641601562,
  -103.97208404541016,
  -104,
  104,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

const word = new Float64Array(1);
const halves = new Uint32Array(word.buffer);

/** The distance between the float32s around r: 2^(exponent - 23), at least 2^-149. */
function unitInLastPlace(r: number): number {
  word[0] = r;
  const exponent = ((halves[1]! >>> 20) & 0x7ff) - 1023;
  return 2 ** (Math.max(exponent, -126) - 23);
}

/** Units between y and the exact r; what is not finite has to be met, ±0 too. */
function error(y: number, r: number): number {
  const nearest = Math.fround(r);
  if (!Number.isFinite(nearest) || !Number.isFinite(y) || r === 0)
    return Object.is(y, nearest) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(y - r) / unitInLastPlace(r);
}

describe.each(kernelSets)("exp, log, tanh, sigmoid [$name]", (set) => {
  it.each(functions)("$name is within $limit ULP over all floats", ({ name, value, limit }) => {
    const heap = new TestHeap(set);
    const slot = heap.output(new Float32Array(CHUNK));
    const bits = new Uint32Array(CHUNK);
    const floats = new Float32Array(bits.buffer);
    let worst = 0;
    let where = 0;
    const measure = (n: number) => {
      const chunk = floats.subarray(0, n);
      heap.write(slot, chunk);
      heap.kernels[`${name}_forward`](slot.at, slot.at, n);
      const y = heap.floats(slot);
      for (let i = 0; i < n; i++) {
        const e = error(y[i]!, value(chunk[i]!));
        if (e > worst) {
          worst = e;
          where = chunk[i]!;
        }
      }
    };
    floats.set(special);
    measure(special.length);
    for (let next = 0; next < 2 ** 32; ) {
      let n = 0;
      for (; n < CHUNK && next < 2 ** 32; n++, next += STRIDE) bits[n] = next;
      measure(n);
    }
    console.info(`${set.name} ${name}: at most ${worst.toFixed(3)} ULP, at ${where}`);
    expect(worst).toBeLessThanOrEqual(limit);
  });

  it("has the values of the limits", () => {
    const of = (name: "exp" | "log" | "tanh" | "sigmoid", x: number) => {
      const heap = new TestHeap(set);
      const slot = heap.output([x]);
      heap.kernels[`${name}_forward`](slot.at, slot.at, 1);
      return heap.floats(slot)[0]!;
    };
    expect(of("sigmoid", Number.NEGATIVE_INFINITY)).toBe(0);
    expect(of("sigmoid", Number.POSITIVE_INFINITY)).toBe(1);
    expect(of("sigmoid", 0)).toBe(0.5);
    expect(of("tanh", -0)).toBe(-0);
    expect(of("log", -0)).toBe(Number.NEGATIVE_INFINITY);
    expect(of("log", -1)).toBeNaN();
    expect(of("log", 1)).toBe(0);
    expect(of("exp", Number.NEGATIVE_INFINITY)).toBe(0);
    expect(of("exp", 1000)).toBe(Number.POSITIVE_INFINITY);
    expect(of("exp", -0)).toBe(1);
    for (const { name } of functions) expect(of(name, Number.NaN)).toBeNaN();
  });
});
