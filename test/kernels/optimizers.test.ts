import { describe, expect, it } from "vitest";
import { expectClose } from "../close.ts";
import * as reference from "../reference/optimizers.ts";
import { uniform } from "../reference/random.ts";
import { kernelSets, shifts, sizes, TestHeap } from "./harness.ts";

const tolerance = { atol: 1e-6, rtol: 2e-6 };
const STEPS = 4;

/** Arrays by name; those that a form of the rule has no use for are not there. */
type Slabs = { readonly [name: string]: Float64Array };

/** What a case gives: arrays that the kernel updates, and one step of kernel and reference. */
interface Rule<S extends Slabs> {
  readonly slabs: (n: number) => S;
  readonly update: (
    heap: TestHeap,
    at: { readonly [N in keyof S]: number },
    gradient: number,
    n: number,
    t: number,
  ) => void;
  readonly expected: (slabs: S, g: Float64Array, t: number) => void;
}

describe.each(kernelSets)("optimizers [$name]", (set) => {
  /** Some steps over slabs of every size and alignment, everything compared with the reference after the last. */
  function compare<S extends Slabs>({ slabs, update, expected }: Rule<S>): void {
    for (const shift of shifts) {
      for (const n of sizes) {
        const wanted = slabs(n);
        const heap = new TestHeap(set, shift);
        const slots = Object.entries(wanted).map(
          ([name, values]) => [name, heap.output(values)] as const,
        );
        const at = Object.fromEntries(slots.map(([name, slot]) => [name, slot.at])) as {
          [N in keyof S]: number;
        };
        for (let t = 1; t <= STEPS; t++) {
          const g = uniform(n, n + t);
          update(heap, at, heap.input(g).at, n, t);
          expected(wanted, g, t);
        }
        for (const [name, slot] of slots)
          expectClose(heap.floats(slot), wanted[name]!, tolerance, `${name}, n = ${n}`);
        heap.check();
      }
    }
  }

  it.each([false, true])("adam_update: the paper's algorithm, AMSGrad: %s", (amsgrad) => {
    const options = { rate: 0.1, beta1: 0.9, beta2: amsgrad ? 0.3 : 0.999, epsilon: 1e-8 };
    const { rate, beta1, beta2, epsilon } = options;
    compare({
      slabs: (n) => ({
        value: uniform(n, n),
        m: new Float64Array(n),
        v: new Float64Array(n),
        ...(amsgrad && { largest: new Float64Array(n) }),
      }),
      update: ({ kernels }, { value, m, v, largest = 0 }, gradient, n, t) => {
        const step = rate / (1 - beta1 ** t);
        const correction = 1 / Math.sqrt(1 - beta2 ** t);
        const numbers = [step, beta1, beta2, correction, epsilon] as const;
        kernels.adam_update(value, gradient, m, v, largest, n, ...numbers);
      },
      expected: (slabs, g, t) => reference.adam(slabs, g, t, options),
    });
  });

  it("sgd_update without a velocity", () => {
    compare({
      slabs: (n) => ({ value: uniform(n, n) }),
      update: ({ kernels }, { value }, gradient, n) =>
        kernels.sgd_update(value, gradient, 0, n, 0.1, 0.9, 0.3, 1),
      expected: ({ value }, g) => reference.sgd(value, g, undefined, 0.1, 0),
    });
  });

  it.each([
    { take: 1, nesterov: false },
    { take: 0.3, nesterov: false },
    { take: 1, nesterov: true },
  ])("sgd_update with momentum, $take of the gradient, Nesterov: $nesterov", (options) => {
    compare({
      slabs: (n) => ({ value: uniform(n, n), velocity: uniform(n, n + 9) }),
      update: ({ kernels }, { value, velocity }, gradient, n) => {
        const { take, nesterov } = options;
        kernels.sgd_update(value, gradient, velocity, n, 0.1, 0.9, take, nesterov ? 1 : 0);
      },
      expected: ({ value, velocity }, g) => reference.sgd(value, g, velocity, 0.1, 0.9, options),
    });
  });

  it.each([
    { centered: false, momentum: 0, inside: 0, outside: 1e-2 },
    { centered: false, momentum: 0.9, inside: 1e-2, outside: 0 },
    { centered: true, momentum: 0, inside: 1e-2, outside: 0 },
    { centered: true, momentum: 0.6, inside: 0, outside: 1e-2 },
  ])(
    "rmsprop_update, centred: $centered, momentum: $momentum, epsilon inside the root: $inside",
    (options) => {
      const { centered, momentum, inside, outside } = options;
      const [rate, alpha] = [0.1, 0.8];
      compare({
        slabs: (n) => ({
          value: uniform(n, n),
          square: uniform(n, n + 7, 1, 2),
          ...(centered && { mean: uniform(n, n + 8, -0.5, 0.5) }),
          ...(momentum > 0 && { velocity: uniform(n, n + 9) }),
        }),
        update: ({ kernels }, { value, square, mean = 0, velocity = 0 }, gradient, n) => {
          const numbers = [rate, alpha, 1 - alpha, inside, outside, momentum] as const;
          kernels.rmsprop_update(value, gradient, square, mean, velocity, n, ...numbers);
        },
        expected: (slabs, g) => {
          const root = (v: number) => Math.sqrt(v + inside) + outside;
          reference.rmsprop(slabs, g, { rate, alpha, momentum }, root);
        },
      });
    },
  );

  it("rmsprop_update that keeps and takes everything is Adagrad", () => {
    compare({
      slabs: (n) => ({ value: uniform(n, n), square: uniform(n, n + 7, 0, 1) }),
      update: ({ kernels }, { value, square }, gradient, n) =>
        kernels.rmsprop_update(value, gradient, square, 0, 0, n, 0.1, 1, 1, 0, 1e-3, 0),
      expected: ({ value, square }, g) =>
        reference.adagrad(value, square, g, 0.1, (s) => Math.sqrt(s) + 1e-3),
    });
  });

  it("rmsprop_update: gradients that never change have a variance of 0, not of less", () => {
    const n = 100;
    const heap = new TestHeap(set);
    const [value, square, mean] = [1, 2, 3].map(() => heap.output(new Float64Array(n)).at);
    const gradient = heap.input(uniform(n, 1, 0.5, 1)).at;
    // As float32 the two shares sum to more than 1: means come to rest above what they are of, a squared one twice as far.
    const numbers = [1e-9, 0.8, 1 - 0.8, 0, 1e-3, 0] as const;
    for (let t = 0; t < 400; t++)
      heap.kernels.rmsprop_update(value!, gradient, square!, mean!, 0, n, ...numbers);
    for (const v of heap.floats({ at: value!, length: n })) expect(v).toBeLessThan(0);
  });

  it("a NaN in the gradient shows in the value, in every form", () => {
    const heap = new TestHeap(set);
    const { kernels } = heap;
    const g = heap.input([1, Number.NaN, 1]).at;
    const values = Array.from({ length: 4 }, () => heap.output([1, 1, 1]));
    const [a, b, c, d] = values.map(({ at }) => at) as [number, number, number, number];
    const slab = () => heap.output([0, 0, 0]).at;
    kernels.adam_update(a, g, slab(), slab(), slab(), 3, 0.1, 0.9, 0.99, 1, 1e-8);
    kernels.sgd_update(b, g, slab(), 3, 0.1, 0.9, 1, 1);
    kernels.rmsprop_update(c, g, slab(), slab(), slab(), 3, 0.1, 0.9, 0.1, 0, 1e-8, 0.9);
    kernels.rmsprop_update(d, g, slab(), 0, 0, 3, 0.1, 1, 1, 0, 1e-8, 0);
    for (const slot of values)
      expect([...heap.floats(slot)].map(Number.isNaN)).toEqual([false, true, false]);
  });
});
