import { expect, test } from "vitest";
import { runtime } from "../../bindings/core/runtime.ts";
import { Sampler, type SamplingOptions } from "../../bindings/text/sampler.ts";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";

const sampler = (size: number, options: SamplingOptions = {}, never: readonly number[] = []) =>
  new Sampler("test", runtime(), size, { seed: 1, ...options }, never);

/** How often each token is drawn. */
function shares(logits: readonly number[], options: SamplingOptions, never?: readonly number[]) {
  const times = 20_000;
  const one = sampler(logits.length, options, never);
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < times; i++) counts[one.pick(Float32Array.from(logits))]!++;
  return counts.map((n) => n / times);
}

/** Probabilities by definition: softmax(logits / temperature), cut to the likeliest ones. */
function expected(logits: readonly number[], options: SamplingOptions): number[] {
  const { temperature = 1, topK = logits.length, topP = 1 } = options;
  const weights = logits.map((x) => Math.exp(x / temperature));
  const total = weights.reduce((a, b) => a + b);
  const order = [...logits.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
  let mass = 0;
  const kept = order.slice(0, topK).filter((i) => {
    const isIn = mass < topP * total;
    mass += weights[i]!;
    return isIn;
  });
  const sum = kept.reduce((s, i) => s + weights[i]!, 0);
  return weights.map((w, i) => (kept.includes(i) ? w / sum : 0));
}

const logits = [0.3, -1, 2, 1.2, -0.4, 2, -7, 0.9, 0.1];

describeKernelSets("Sampler", () => {
  test.each<SamplingOptions>([
    {},
    { temperature: 0.5 },
    { temperature: 3 },
    { topK: 1 },
    { topK: 4 },
    { topK: 100 },
    { topP: 0.6 },
    { topP: 0.95 },
    { topP: 0.01 },
    { topK: 3, topP: 0.5, temperature: 2 },
  ])("draws as often as it should: %j", (options) => {
    const wanted = expected(logits, options);
    shares(logits, options).forEach((share, i) => {
      expect(Math.abs(share - wanted[i]!), `token ${i}`).toBeLessThan(0.015);
      if (wanted[i] === 0) expect(share).toBe(0);
    });
  });

  test.each([1, 2, 3, 5, 8, 9, 17, 300])("the likeliest of %i, whatever their order", (size) => {
    for (const topK of [1, 2, size]) {
      const random = Array.from(uniform(size, size + topK, -3, 3));
      const allowed = expected(random, { topK });
      const one = sampler(size, { topK, temperature: 5 });
      for (let i = 0; i < 200; i++)
        expect(allowed[one.pick(Float32Array.from(random))]).toBeGreaterThan(0);
    }
  });

  test("temperature 0 takes the likeliest, the first of equals", () => {
    expect(shares(logits, { temperature: 0 })[2]).toBe(1);
    expect(shares(logits, { temperature: 0 }, [2])[5]).toBe(1);
    expect(shares([-5], { temperature: 0 })[0]).toBe(1);
  });

  test("never draws what it must not", () => {
    const never = [2, 5];
    const wanted = expected(
      logits.map((x, i) => (never.includes(i) ? Number.NEGATIVE_INFINITY : x)),
      {},
    );
    for (const options of [{}, { topK: 8 }, { topP: 0.999 }])
      shares(logits, options, never).forEach((share, i) => {
        if (never.includes(i)) expect(share).toBe(0);
        else expect(share).toBeCloseTo(wanted[i]!, 1);
      });
  });

  test("draws by its seed", () => {
    const draw = (seed: number): number[] => {
      const one = sampler(9, { seed });
      return Array.from({ length: 600 }, () => one.pick(Float32Array.from(logits)));
    };
    const first = draw(1);
    expect(draw(1)).toEqual(first);
    expect(draw(2)).not.toEqual(first);
    expect(first.slice(256, 512), "another stream each time").not.toEqual(first.slice(0, 256));
  });

  test("tiny temperatures and distant logits stay in range", () => {
    expect(shares([1, 2, 1.9], { temperature: 1e-30 })).toEqual([0, 1, 0]);
    expect(shares([-3e38, 3e38], {})).toEqual([0, 1]);
  });

  test("errors", () => {
    const pick = (...values: number[]) => sampler(2).pick(Float32Array.from(values));
    const greedy = (...values: number[]) =>
      sampler(values.length, { temperature: 0 }).pick(Float32Array.from(values));
    expectErrors([
      ["NaN", RangeError, () => pick(Number.NaN, 1), /finite/],
      ["NaN last", RangeError, () => pick(1, Number.NaN), /finite/],
      ["infinite", RangeError, () => pick(1, Number.POSITIVE_INFINITY), /finite/],
      ["greedy", RangeError, () => greedy(Number.NaN, Number.NaN), /finite/],
      ["greedy, one", RangeError, () => greedy(1, Number.NaN, 3), /finite/],
      ["temperature", RangeError, () => sampler(2, { temperature: -0.1 }), /at least 0, got -0.1/],
      ["temperature", TypeError, () => sampler(2, { temperature: wrong("1") })],
      ["topK", RangeError, () => sampler(2, { topK: 0 })],
      ["topP", RangeError, () => sampler(2, { topP: 0 }), /above 0/],
      ["topP", RangeError, () => sampler(2, { topP: 1.1 })],
      ["seed", RangeError, () => sampler(2, { seed: -1 })],
    ]);
  });
});
