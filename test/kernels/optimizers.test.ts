import { describe, it } from "vitest";
import { expectClose } from "../close.ts";
import * as reference from "../reference/optimizers.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const tolerance = { atol: 1e-6, rtol: 2e-6 };
const STEPS = 4;

describe.each(kernelSets)("optimizers [$name]", (set) => {
  it("adam_update: several steps of the paper's algorithm", () => {
    const options = { rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    const { rate, beta1, beta2, epsilon } = options;
    for (const shift of shifts) {
      for (const n of sizes) {
        const state = {
          value: uniform(n, n),
          m: new Float64Array(n),
          v: new Float64Array(n),
        };
        const heap = new TestHeap(set, shift);
        const value = heap.output(state.value);
        const [m, v] = [heap.output(state.m), heap.output(state.v)];
        for (let t = 1; t <= STEPS; t++) {
          const g = uniform(n, n + t);
          const step = rate / (1 - beta1 ** t);
          const correction = 1 / Math.sqrt(1 - beta2 ** t);
          heap.kernels.adam_update(
            value.at,
            heap.input(g).at,
            m.at,
            v.at,
            n,
            step,
            beta1,
            beta2,
            correction,
            epsilon,
          );
          reference.adam(state, g, t, options);
        }
        expectClose(heap.floats(value), state.value, tolerance, `value, n = ${n}`);
        expectClose(heap.floats(m), state.m, tolerance, `m, n = ${n}`);
        expectClose(heap.floats(v), state.v, { atol: 0, rtol: 1e-6 }, `v, n = ${n}`);
        heap.check();
      }
    }
  });

  it.each([false, true])("sgd_update, momentum: %s", (withVelocity) => {
    for (const shift of shifts) {
      for (const n of sizes) {
        const expected = uniform(n, n);
        const velocity = withVelocity ? uniform(n, n + 9) : undefined;
        const heap = new TestHeap(set, shift);
        const value = heap.output(expected);
        const u = velocity && heap.output(velocity);
        for (let t = 1; t <= STEPS; t++) {
          const g = uniform(n, n + t);
          heap.kernels.sgd_update(value.at, heap.input(g).at, u?.at ?? 0, n, 0.1, 0.9);
          reference.sgd(expected, g, velocity, 0.1, 0.9);
        }
        expectClose(heap.floats(value), expected, tolerance, `value, n = ${n}`);
        if (u && velocity) expectClose(heap.floats(u), velocity, tolerance, `velocity, n = ${n}`);
        heap.check();
      }
    }
  });
});
