import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { boxMuller, philox, words } from "../reference/philox.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const LOW = 0x9abc_def0;
const HIGH = 0xfedc_ba98;
const STREAM = 0x8000_0003;

const bits = (v: ArrayLike<number>): Uint32Array => new Uint32Array(Float32Array.from(v).buffer);

describe("the reference of Philox4x32-10", () => {
  // Random123, kat_vectors: counter, key, result.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)("gives the published result for %j", (counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected);
  });
});

describe.each(kernelSets)("random numbers [$name]", (set) => {
  const everywhere = (body: (heap: TestHeap, n: number) => void) => {
    for (const shift of shifts) {
      for (const n of sizes) {
        const heap = new TestHeap(set, shift);
        body(heap, n);
        heap.check();
      }
    }
  };

  it("random_integers scales the words", () =>
    everywhere((heap, n) => {
      const y = heap.blank(n);
      for (const [low, high] of [
        [0, 10],
        [-7, 1000],
        [-(2 ** 31), 2 ** 31 - 1],
      ] as const) {
        heap.kernels.random_integers(y.at, n, LOW, HIGH, STREAM, low, high);
        const range = BigInt(high - low);
        const expected = words(n, LOW, HIGH, STREAM).map(
          (u) => low + Number((BigInt(u) * range) >> 32n),
        );
        expect([...heap.readIntegers(y)]).toEqual(expected);
      }
    }));

  it("random_uniform is low + 24 bits of (high - low)", () =>
    everywhere((heap, n) => {
      const y = heap.blank(n);
      heap.kernels.random_uniform(y.at, n, LOW, HIGH, STREAM, -0.3, 0.7);
      const expected = words(n, LOW, HIGH, STREAM).map(
        (u) => -0.3 + (u >>> 8) * 2 ** -24 * (0.7 - -0.3),
      );
      expect(bits(heap.floats(y))).toEqual(bits(expected));
    }));

  it("random_uniform stays below high", () => {
    const ulp = 2 ** -23;
    for (const [low, high] of [
      [1, 1 + ulp],
      [-1 - ulp, -1],
      [-(2 ** -149), 0],
    ] as const) {
      const heap = new TestHeap(set);
      const y = heap.blank(100);
      heap.kernels.random_uniform(y.at, 100, LOW, HIGH, STREAM, low, high);
      expect(new Set(heap.floats(y)), `[${low}, ${high})`).toEqual(new Set([low]));
    }
    const heap = new TestHeap(set);
    const y = heap.blank(5);
    heap.kernels.random_uniform(y.at, 5, LOW, HIGH, STREAM, 2, 2);
    expect([...heap.floats(y)]).toEqual([2, 2, 2, 2, 2]);
  });

  it("random_normal is Box and Muller's", () =>
    everywhere((heap, n) => {
      const y = heap.blank(n);
      heap.kernels.random_normal(y.at, n, LOW, HIGH, STREAM, 0.5, 2);
      const expected: number[] = [];
      const u = words(4 * Math.ceil(n / 4), LOW, HIGH, STREAM);
      for (let at = 0; at < n; at += 4)
        expected.push(...boxMuller(u.slice(at, at + 4)).map((z) => 0.5 + 2 * z));
      expectClose(heap.floats(y), expected.slice(0, n), { atol: 1e-7, rtol: 1e-7 }, `n = ${n}`);
    }));

  it("random_normal has the moments of a normal distribution", () => {
    const n = 100_000;
    const heap = new TestHeap(set);
    const y = heap.blank(n);
    heap.kernels.random_normal(y.at, n, 1, 2, 3, 0, 1);
    const moment = (k: number) => heap.floats(y).reduce((sum, v) => sum + v ** k, 0) / n;
    expect(moment(1)).toBeCloseTo(0, 1);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(moment(4) / 3).toBeCloseTo(1, 1);
  });

  it("has the same bits as the compiled kernels", () => {
    const draw = (from: (typeof kernelSets)[number]) => {
      const heap = new TestHeap(from);
      const y = heap.blank(10_001);
      heap.kernels.random_normal(y.at, 10_001, LOW, HIGH, STREAM, 0.1, 0.3);
      const normal = bits(heap.floats(y));
      heap.kernels.random_uniform(y.at, 10_001, LOW, HIGH, STREAM, -0.1, 0.3);
      return [normal, bits(heap.floats(y))];
    };
    expect(draw(set)).toEqual(draw(kernelSets[0]!));
  });
});
