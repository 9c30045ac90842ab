import {
  Adam,
  add,
  cosineDecay,
  exponentialDecay,
  mul,
  parameter,
  polynomialDecay,
  type Schedule,
  SGD,
  stepDecay,
  sum,
  tensor,
  warmUp,
} from "gatewise";
import { describe, expect, test } from "vitest";
import { expectClose } from "../close.ts";
import goldens from "../goldens/optimizers.json" with { type: "json" };

const schedules = {
  stepDecay,
  exponentialDecay,
  cosineDecay,
  polynomialDecay,
  warmUp,
} as unknown as Record<string, (initial: number, options: object) => Schedule>;

const first = (steps: number, rate: Schedule): number[] =>
  Array.from({ length: steps }, (_, step) => rate(step));

/** Both sides in float64; the goldens have twelve digits, torch itself multiplies step by step. */
const tolerance = { atol: 0, rtol: 1e-11 };

describe("schedules", () => {
  test.each(goldens.schedules.map((golden) => [golden.name, golden] as const))(
    "%s: PyTorch's rates",
    (name, { arguments: [initial, options], rates }) => {
      const schedule = schedules[name]!(initial as number, options as object);
      expectClose(first(rates.length, schedule), rates, tolerance, JSON.stringify(options));
    },
  );

  test("exponentialDecay: between whole multiples of decaySteps, and in stairs", () => {
    const options = { factor: 0.6, decaySteps: 4 };
    const steps = Array.from({ length: 10 }, (_, step) => step);
    expectClose(
      first(10, exponentialDecay(0.5, options)),
      steps.map((step) => 0.5 * 0.6 ** (step / 4)),
      tolerance,
      "smooth",
    );
    expectClose(
      first(10, exponentialDecay(0.5, { ...options, staircase: true })),
      steps.map((step) => 0.5 * 0.6 ** Math.floor(step / 4)),
      tolerance,
      "in stairs",
    );
  });

  test("cosineDecay and polynomialDecay stay at the final rate", () => {
    for (const decay of [cosineDecay, polynomialDecay]) {
      const rate = decay(0.4, { decaySteps: 5, final: 0.03 });
      expect(rate(4)).toBeGreaterThan(0.03);
      for (const step of [5, 6, 8, 10, 15, 1e6]) expect(rate(step)).toBeCloseTo(0.03, 15);
    }
    const flat = polynomialDecay(0.4, { decaySteps: 5, power: 0 });
    expect([flat(4), flat(5)]).toEqual([0.4, 0]);
    expect(cosineDecay(0.1, { decaySteps: 2, final: 0.5 })(1), "upwards").toBeCloseTo(0.3, 15);
  });

  test("warmUp: up to a schedule, which begins where it ends", () => {
    const decay = cosineDecay(0.4, { decaySteps: 6, final: 0.1 });
    const rate = warmUp(decay, { steps: 4, from: 0.2 });
    expectClose(first(4, rate), [0.2, 0.25, 0.3, 0.35], { atol: 0, rtol: 1e-15 }, "on the way");
    expect(first(20, (step) => rate(step + 4))).toEqual(first(20, decay));
    expect(first(3, warmUp(1, { steps: 2 }))).toEqual([0, 0.5, 1]);
  });

  test("an optimizer asks once a step, counts steps, and takes the rate of the step", () => {
    const asked: number[] = [];
    const rates = [0.5, 0, 0.25, 2];
    const optimizer = new SGD({
      learningRate: (step) => {
        asked.push(step);
        return rates[step]!;
      },
    });
    const p = parameter([1]);
    let want = 1;
    for (const [step, rate] of rates.entries()) {
      expect(optimizer.steps).toBe(step);
      optimizer.minimize(() => sum(mul(p, tensor([1]))));
      want -= rate;
      expect(p.data[0]).toBe(want);
    }
    expect(asked).toEqual([0, 1, 2, 3]);
    expect(optimizer.steps).toBe(4);
  });

  test("groups without a rate of their own share one answer; those with one ask theirs", () => {
    const [asked, own]: [number[], number[]] = [[], []];
    const [a, b, c, d] = [parameter([1]), parameter([2]), parameter([3]), parameter([4])];
    const optimizer = new SGD({
      learningRate: (step) => {
        asked.push(step);
        return 0.5 ** asked.length; // a schedule with a memory: a second question would have another answer
      },
      groups: [
        { parameters: { b }, weightDecay: 0 },
        { parameters: { c } },
        {
          parameters: { d },
          learningRate: (step) => {
            own.push(step);
            return 2;
          },
        },
      ],
    });
    for (let step = 0; step < 2; step++) optimizer.minimize(() => sum(add(add(a, b), add(c, d))));
    expect([asked, own]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect([a, b, c, d].map((p) => p.data[0])).toEqual([0.25, 1.25, 2.25, 0]);
  });

  test("learningRate shows the rate of the next step; what is assigned takes the schedule's place", () => {
    const optimizer = new Adam({ learningRate: stepDecay(0.8, { every: 2, factor: 0.5 }) });
    const p = parameter([1, 2]);
    const step = () => optimizer.minimize(() => sum(p));
    const seen: number[] = [];
    for (let t = 0; t < 4; t++) {
      seen.push(optimizer.learningRate);
      step();
    }
    expect(seen).toEqual([0.8, 0.8, 0.4, 0.4]);
    optimizer.learningRate = 0.3;
    step();
    expect(optimizer.learningRate).toBe(0.3);
    optimizer.learningRate = (t) => t / 100;
    expect(optimizer.learningRate).toBe(0.05);
  });

  test("a schedule that gives no rate stops the step before anything changes", () => {
    const wrong: [unknown, typeof TypeError | typeof RangeError][] = [
      [-0.1, RangeError],
      [Number.NaN, RangeError],
      ["0.1", TypeError],
      [undefined, TypeError],
      [Promise.resolve(0.1), TypeError],
    ];
    for (const [value, kind] of wrong) {
      const p = parameter([1, 2]);
      let rate: unknown = 0.1;
      const optimizer = new SGD({ learningRate: () => rate as number, momentum: 0.9, clipNorm: 9 });
      const step = () => optimizer.minimize(() => sum(p));
      step();
      const [before, norm] = [p.data, optimizer.gradientNorm];
      rate = value;
      expect(step).toThrow(kind);
      expect(step).toThrow(/SGD: expected learningRate\(1\) to be/);
      expect(p.data).toEqual(before);
      expect(optimizer.steps).toBe(1);
      expect(optimizer.gradientNorm).toBe(norm);
      rate = 0.1;
      step();
      expect(p.data[0]).toBeCloseTo(1 - 0.1 - 0.19, 6);
    }
  });
});
