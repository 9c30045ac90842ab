import { describe, expect, it } from "vitest";
import { words } from "../reference/philox.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const [LOW, HIGH, STREAM] = [0x9abc_def0, 0xfedc_ba98, 0x8000_0003];

/** 1 / (1 - rate) as float32 where an element stays, else 0. */
const factors = (n: number, rate: number): number[] =>
  words(n, LOW, HIGH, STREAM).map((word) =>
    word >= Math.floor(rate * 2 ** 32) ? Math.fround(1 / (1 - rate)) : 0,
  );

describe.each(kernelSets)("dropout kernels [$name]", (set) => {
  const everywhere = (body: (heap: TestHeap, n: number, rate: number) => void) => {
    for (const rate of [0.3, 0.75])
      for (const shift of shifts)
        for (const n of sizes) {
          const heap = new TestHeap(set, shift);
          body(heap, n, rate);
          heap.check();
        }
  };

  it("keep what is drawn, to the bit, also in place", () =>
    everywhere((heap, n, rate) => {
      const x = uniform(n, n);
      const y = heap.blank(n);
      const both = heap.output(x);
      const { dropout_forward } = heap.kernels;
      dropout_forward(y.at, heap.input(x).at, n, LOW, HIGH, STREAM, rate);
      dropout_forward(both.at, both.at, n, LOW, HIGH, STREAM, rate);
      const wanted = factors(n, rate).map((factor, i) => x[i]! * factor + 0);
      expect([...heap.floats(y)].map((v) => v + 0)).toEqual(wanted.map(Math.fround));
      expect(heap.floats(both)).toEqual(heap.floats(y));
    }));

  it("let the gradient through where they kept, adding", () =>
    everywhere((heap, n, rate) => {
      const before = uniform(n, n + 1);
      const dy = uniform(n, n + 2);
      const dx = heap.output(before);
      heap.kernels.dropout_backward(dx.at, heap.input(dy).at, n, LOW, HIGH, STREAM, rate);
      const wanted = factors(n, rate).map((factor, i) => before[i]! + Math.fround(dy[i]! * factor));
      expect([...heap.floats(dx)]).toEqual(wanted.map(Math.fround));
    }));

  it("drop NaN and infinities to 0", () => {
    const n = 100;
    const heap = new TestHeap(set);
    const kept = factors(n, 0.5);
    const x = heap.input(kept.map((factor, i) => (factor ? 1 : [Number.NaN, Infinity][i % 2]!)));
    const y = heap.blank(n);
    heap.kernels.dropout_forward(y.at, x.at, n, LOW, HIGH, STREAM, 0.5);
    expect([...heap.floats(y)]).toEqual(kept);
  });
});
