import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import { activations } from "../reference/activations.ts";
import { centralDifference } from "../reference/pointwise.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

/** Eight ULP of results of the size of 1 to 4; Φ is an approximation to 7.5e-8. */
const tolerance = { atol: 1e-6, rtol: 1e-6 };

/** Numbers that keep off the kinks, where a central difference is no slope. */
const numbers = (n: number, kinks: readonly number[] = []): Float64Array =>
  uniform(n, n + 5, -4, 4).map((v) =>
    kinks.some((kink) => Math.abs(v - kink) < 1e-3) ? v + 0.0625 : v,
  );

describe.each(kernelSets)("activation kernels [$name]", (set) => {
  it.each(activations)("$name: forward, also in place", ({ kind, alpha, beta, value }) => {
    for (const shift of shifts) {
      for (const n of sizes) {
        const x = numbers(n);
        const heap = new TestHeap(set, shift);
        const y = heap.blank(n);
        const both = heap.output(x);
        heap.kernels.activation_forward(y.at, heap.input(x).at, n, kind, alpha, beta);
        heap.kernels.activation_forward(both.at, both.at, n, kind, alpha, beta);
        expectClose(heap.floats(y), x.map(value), tolerance, `n = ${n}`);
        expect(heap.floats(both)).toEqual(heap.floats(y));
        heap.check();
      }
    }
  });

  it.each(activations)("$name: backward adds dy · f'(x)", (f) => {
    for (const shift of shifts) {
      for (const n of sizes) {
        const x = numbers(n, f.kinks);
        const dy = uniform(n, n + 1);
        const before = uniform(n, n + 2);
        const heap = new TestHeap(set, shift);
        const dx = heap.output(before);
        const from = heap.input(x);
        heap.kernels.activation_backward(
          dx.at,
          heap.input(dy).at,
          from.at,
          n,
          f.kind,
          f.alpha,
          f.beta,
        );
        const wanted = x.map((v, i) => before[i]! + dy[i]! * centralDifference(f.value, v));
        expectClose(heap.floats(dx), wanted, tolerance, `n = ${n}`);
        heap.check();
      }
    }
  });

  it.each(activations)(
    "$name: small arguments keep their digits",
    ({ kind, alpha, beta, value, name }) => {
      if (name.includes("gelu")) return; // Φ itself is good to 7.5e-8 and no better
      const heap = new TestHeap(set);
      const x = [1e-3, -1e-3, 1e-6, -1e-6, 1e-12, -1e-12].map(Math.fround);
      const y = heap.blank(x.length);
      heap.kernels.activation_forward(y.at, heap.input(x).at, x.length, kind, alpha, beta);
      expectClose(heap.floats(y), x.map(value), { atol: 0, rtol: 4e-7 }, "near 0");
    },
  );

  it("softplus keeps its digits far left of 0", () => {
    const heap = new TestHeap(set);
    const x = [-5, -12.5, -20, -60];
    const y = heap.blank(x.length);
    heap.kernels.activation_forward(y.at, heap.input(x).at, x.length, 8, 0, 0);
    const wanted = x.map((v) => Math.log1p(Math.exp(v)));
    expectClose(heap.floats(y), wanted, { atol: 0, rtol: 4e-7 }, "softplus");
  });
});
