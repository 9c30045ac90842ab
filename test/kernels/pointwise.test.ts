import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { centralDifference, pointwise } from "../reference/pointwise.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const tolerance = { atol: 1e-6, rtol: 1e-6 };

/** Which of x and y the backward kernel is given; neg has none: its backward is `accumulate`. */
const saved = {
  abs: "x",
  sqrt: "y",
  relu: "y",
  exp: "y",
  log: "x",
  tanh: "y",
  sigmoid: "y",
} as const;

describe.each(pointwise)("the reference of $name", ({ value, slope, domain }) => {
  it("has the slope that central differences have", () => {
    const x = uniform(50, 1, ...domain);
    expectClose(
      x.map(slope),
      x.map((v) => centralDifference(value, v)),
      { atol: 1e-6, rtol: 1e-6 },
      "slope",
    );
  });
});

describe.each(kernelSets)("pointwise kernels [$name]", (set) => {
  it.each(pointwise)("$name: forward, also in place", ({ name, value, domain }) => {
    for (const shift of shifts) {
      for (const n of sizes) {
        const x = uniform(n, n, ...domain);
        const heap = new TestHeap(set, shift);
        const from = heap.input(x);
        const to = heap.blank(n);
        const both = heap.output(x);
        heap.kernels[`${name}_forward`](to.at, from.at, n);
        heap.kernels[`${name}_forward`](both.at, both.at, n);
        expectClose(heap.floats(to), x.map(value), tolerance, `${name}, n = ${n}`);
        expect(heap.floats(both)).toEqual(heap.floats(to));
        heap.check();
      }
    }
  });

  it.each(pointwise.filter((f) => f.name !== "neg"))("$name: backward adds dy · f'(x)", (f) => {
    const name = f.name as keyof typeof saved;
    for (const shift of shifts) {
      for (const n of sizes) {
        const x = uniform(n, n, ...f.domain);
        const dy = uniform(n, n + 1);
        const before = uniform(n, n + 2);
        const heap = new TestHeap(set, shift);
        const dx = heap.output(before);
        const kept = heap.input(saved[name] === "x" ? x : x.map(f.value));
        heap.kernels[`${name}_backward`](dx.at, heap.input(dy).at, kept.at, n);
        const expected = x.map((v, i) => before[i]! + dy[i]! * f.slope(v));
        expectClose(heap.floats(dx), expected, tolerance, `${name}, n = ${n}`);
        heap.check();
      }
    }
  });

  it("gives one value wherever in an array it stands", () => {
    for (const { name, domain } of pointwise) {
      const x = uniform(37, 3, ...domain);
      const heap = new TestHeap(set);
      const whole = heap.blank(37);
      const from = heap.input(x);
      heap.kernels[`${name}_forward`](whole.at, from.at, 37);
      const single = heap.blank(37);
      for (let i = 0; i < 37; i++)
        heap.kernels[`${name}_forward`](single.at + 4 * i, from.at + 4 * i, 1);
      expect(heap.floats(single), name).toEqual(heap.floats(whole));
    }
  });

  it("reads nothing behind the last byte of the memory", () => {
    for (const n of sizes) {
      const heap = new TestHeap(set);
      const x = heap.last(uniform(n, n));
      expect(() => heap.kernels.tanh_forward(x.at, x.at, n)).not.toThrow();
    }
  });

  it("has no slope at the kink, and keeps NaN", () => {
    const heap = new TestHeap(set);
    const x = heap.input([0, -0, 2, -2, Number.NaN]);
    const y = heap.blank(5);
    heap.kernels.relu_forward(y.at, x.at, 5);
    expectClose(heap.floats(y), [0, 0, 2, 0, Number.NaN], tolerance, "relu");
    const ones = heap.input([1, 1, 1, 1]);
    const dx = heap.output([0, 0, 0, 0]);
    heap.kernels.relu_backward(dx.at, ones.at, y.at, 4);
    expect([...heap.floats(dx)]).toEqual([0, 0, 1, 0]);
    heap.kernels.abs_backward(dx.at, ones.at, x.at, 4);
    expect([...heap.floats(dx)]).toEqual([0, 0, 2, -1]);
    heap.check();
  });

  it("scale, clip", () => {
    for (const shift of shifts) {
      for (const n of sizes) {
        const values = uniform(n, n, -3, 3);
        values[0] = Number.NaN;
        const heap = new TestHeap(set, shift);
        const scaled = heap.output(values);
        const clipped = heap.output(values);
        heap.kernels.scale(scaled.at, -2.5, n);
        heap.kernels.clip_forward(clipped.at, clipped.at, n, -0.75, 1.25);
        const slope = heap.output(values);
        const kept = heap.input(values);
        heap.kernels.clip_backward(slope.at, kept.at, kept.at, n, -0.75, 1.25);
        expectClose(
          heap.floats(scaled),
          values.map((v) => -2.5 * v),
          tolerance,
          "scale",
        );
        const within = values.map((v) => Math.min(Math.max(v, -0.75), 1.25));
        expectClose(heap.floats(clipped), within, tolerance, "clip");
        const doubled = values.map((v) => (v >= -0.75 && v <= 1.25 ? 2 * v : v));
        expectClose(heap.floats(slope), doubled, tolerance, "the slope of clip");
        heap.check();
      }
    }
  });
});
