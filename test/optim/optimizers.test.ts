import {
  Adam,
  add,
  Linear,
  type Loss,
  LSTM,
  mse,
  mul,
  type Optimizer,
  type Parameter,
  type Parameters,
  parameter,
  randn,
  SGD,
  slice,
  sum,
  type Tensor,
  tensor,
  valueAndGrad,
} from "gatewise";
import { expect, test } from "vitest";
import { createParameters } from "../../bindings/core/parameter.ts";
import { expectClose } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import * as reference from "../reference/optimizers.ts";
import { random, uniform } from "../reference/random.ts";

type Gradients = Record<string, Float64Array>;

/** The parameters of every test: two blocks, sizes that are no whole vectors. */
const shapes = { weight: [3, 5], bias: [3], scale: [1], gain: [17], offset: [2, 2] } as const;
const names = Object.keys(shapes) as (keyof typeof shapes)[];

/** Numbers that each parameter begins with, or a gradient of each. */
const numbersOf = (seed: number, scale = 1): Gradients =>
  Object.fromEntries(
    names.map((name, k) => {
      const size = shapes[name].reduce((n: number, d: number) => n * d, 1);
      return [name, uniform(size, 100 * seed + k, -scale, scale)];
    }),
  );

function createModel(): Parameters {
  const { weight, bias, scale, gain, offset } = shapes;
  const all = {
    ...createParameters("first block", { weight, bias, scale }),
    ...createParameters("second block", { gain, offset }),
  };
  for (const [name, values] of Object.entries(numbersOf(0)))
    all[name as keyof typeof all].assign(Float32Array.from(values));
  return all;
}

const asTensors = (gradients: Gradients, parameters: Parameters): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(gradients).map(([name, g]) => [
      name,
      tensor(Float32Array.from(g), parameters[name]!.shape),
    ]),
  );

/** A loss whose gradients are these: Σ parameter · gradient. */
const lossOf = (parameters: Parameters, gradients: Gradients): Tensor =>
  Object.entries(asTensors(gradients, parameters))
    .map(([name, g]) => sum(mul(parameters[name]!, g)))
    .reduce((a, b) => add(a, b));

const pick = <V>(all: Record<string, V>, some: readonly string[]): Record<string, V> =>
  Object.fromEntries(some.map((name) => [name, all[name]!]));

const snapshot = (parameters: Parameters): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, p.data]));

/** An optimizer in float64, parameter by parameter, each with a count of its own, as torch has it. */
class Reference {
  readonly values: Gradients = numbersOf(0);
  readonly #rule: Rule;
  readonly #moments: Record<string, { m: Float64Array; v: Float64Array; t: number }> = {};

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  step(gradients: Gradients, rate?: number): void {
    for (const [name, g] of Object.entries(gradients)) {
      const value = this.values[name]!;
      this.#moments[name] ??= {
        m: new Float64Array(g.length),
        v: new Float64Array(g.length),
        t: 0,
      };
      const { m, v } = this.#moments[name];
      const t = ++this.#moments[name].t;
      const { momentum, ...adam } = this.#rule.settings;
      const settings = { ...adam, rate: rate ?? adam.rate };
      if (adam.beta1 === 0 && adam.beta2 === 0)
        reference.sgd(value, g, momentum > 0 ? m : undefined, settings.rate, momentum);
      else reference.adam({ value, m, v }, g, t, settings);
    }
  }
}

interface Rule {
  readonly name: string;
  readonly make: (options?: { clipNorm?: number; clipValue?: number }) => Optimizer;
  readonly settings: Record<"rate" | "momentum" | "beta1" | "beta2" | "epsilon", number>;
}

const none = { momentum: 0, beta1: 0, beta2: 0, epsilon: 0 };
const paper = { momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const other = { beta1: 0.6, beta2: 0.95, epsilon: 1e-3 };

const rules: readonly Rule[] = [
  {
    name: "SGD",
    make: (o) => new SGD({ learningRate: 0.05, ...o }),
    settings: { ...none, rate: 0.05 },
  },
  {
    name: "SGD with momentum",
    make: (o) => new SGD({ learningRate: 0.05, momentum: 0.9, ...o }),
    settings: { ...none, rate: 0.05, momentum: 0.9 },
  },
  {
    name: "Adam",
    make: (o) => new Adam({ learningRate: 0.02, ...o }),
    settings: { ...paper, rate: 0.02 },
  },
  {
    name: "Adam with numbers of its own",
    make: (o) => new Adam({ learningRate: 0.02, ...other, ...o }),
    settings: { ...paper, ...other, rate: 0.02 },
  },
];

const STEPS = 15;

function expectValues(parameters: Parameters, { values }: Reference, label: string): void {
  for (const [name, want] of Object.entries(values))
    expectClose(parameters[name]!.data, want, { atol: 2e-6, rtol: 5e-6 }, `${label}: ${name}`);
}

/** torch.nn.utils.clip_grad_value_ and, after it, clip_grad_norm_: the norm before and what is left. */
function clip(gradients: Gradients, clipNorm?: number, clipValue?: number) {
  const cut = Object.entries(gradients).map(
    ([name, g]) =>
      [
        name,
        clipValue === undefined ? g : g.map((v) => Math.max(-clipValue, Math.min(clipValue, v))),
      ] as const,
  );
  const norm = Math.sqrt(cut.reduce((total, [, g]) => g.reduce((s, v) => s + v * v, total), 0));
  const factor = clipNorm === undefined ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
  return {
    norm,
    clipped: Object.fromEntries(cut.map(([name, g]) => [name, g.map((v) => v * factor)])),
  };
}

describeKernelSets("optimizers", () => {
  for (const rule of rules) {
    test(`${rule.name}: minimize and update give what loops in float64 give, and each other's bits`, () => {
      const [one, two] = [createModel(), createModel()];
      const [minimizing, updating] = [rule.make(), rule.make()];
      const wanted = new Reference(rule);
      for (let t = 1; t <= STEPS; t++) {
        const gradients = numbersOf(t);
        const loss = minimizing.minimize(() => lossOf(one, gradients));
        expect(Number.isFinite(loss)).toBe(true);
        updating.update(two, asTensors(gradients, two));
        wanted.step(gradients);
        expectValues(one, wanted, `step ${t}`);
        expect(snapshot(two)).toEqual(snapshot(one));
      }
    });

    test(`${rule.name}: freezing leaves values as they are to the bit, and moments and counts where they were`, () => {
      const parameters = createModel();
      const optimizer = rule.make();
      const wanted = new Reference(rule);
      const next = random(3);
      for (let t = 1; t <= 2 * STEPS; t++) {
        const gradients = numbersOf(t);
        const some = names.filter(() => next() < 0.5);
        const full = t % 5 === 0 || some.length === 0;
        const before = snapshot(parameters);
        if (full) optimizer.minimize(() => lossOf(parameters, gradients));
        else optimizer.minimize(() => lossOf(parameters, gradients), pick(parameters, some));
        const changed = full ? names : some;
        for (const name of names)
          if (!changed.includes(name))
            expect(parameters[name]!.data, `step ${t}: ${name}`).toEqual(before[name]);
        wanted.step(pick(gradients, changed));
        expectValues(parameters, wanted, `step ${t} of ${changed}`);
      }
    });

    test(`${rule.name}: what the loss does not reach stays, though it was computed`, () => {
      const parameters = createModel();
      const optimizer = rule.make();
      const wanted = new Reference(rule);
      const next = random(5);
      for (let t = 1; t <= 2 * STEPS; t++) {
        const gradients = numbersOf(t);
        const some = names.filter((_, k) => k === t % names.length || next() < 0.4);
        const before = snapshot(parameters);
        const f = (): Loss => {
          lossOf(parameters, gradients);
          return lossOf(parameters, pick(gradients, some));
        };
        if (t % 2) optimizer.minimize(f);
        else optimizer.minimize(f, parameters);
        for (const name of names)
          if (!some.includes(name))
            expect(parameters[name]!.data, `step ${t}: ${name}`).toEqual(before[name]);
        wanted.step(pick(gradients, some));
        expectValues(parameters, wanted, `step ${t} of ${some}`);
      }
    });

    test.each([
      { clipNorm: 0.5 },
      { clipNorm: 100 },
      { clipNorm: 2.4 },
      { clipValue: 0.3 },
      { clipNorm: 0.7, clipValue: 0.25 },
    ])(`${rule.name}: clipping as torch has it, $clipNorm $clipValue`, (options) => {
      const parameters = createModel();
      const optimizer = rule.make(options);
      const wanted = new Reference(rule);
      expect(optimizer.gradientNorm).toBeUndefined();
      for (let t = 1; t <= STEPS; t++) {
        const gradients = numbersOf(t, t / 8);
        optimizer.minimize(() => lossOf(parameters, gradients));
        const { norm, clipped } = clip(gradients, options.clipNorm, options.clipValue);
        if (options.clipNorm === undefined) expect(optimizer.gradientNorm).toBeUndefined();
        else expectClose([optimizer.gradientNorm!], [norm], { atol: 0, rtol: 1e-6 }, "norm");
        wanted.step(clipped);
        expectValues(parameters, wanted, `step ${t}`);
      }
    });

    test(`${rule.name}: the norm is of those that are trained`, () => {
      const parameters = createModel();
      const optimizer = rule.make({ clipNorm: 0.5 });
      const gradients = numbersOf(1);
      const some = ["bias", "gain"];
      optimizer.minimize(() => lossOf(parameters, gradients), pick(parameters, some));
      const { norm, clipped } = clip(pick(gradients, some), 0.5);
      expectClose([optimizer.gradientNorm!], [norm], { atol: 0, rtol: 1e-6 }, "norm");
      const wanted = new Reference(rule);
      wanted.step(clipped);
      expectValues(parameters, wanted, "one step");
    });

    test(`${rule.name}: the learning rate may change between steps`, () => {
      const parameters = createModel();
      const optimizer = rule.make();
      const wanted = new Reference(rule);
      for (let t = 1; t <= STEPS; t++) {
        optimizer.learningRate = t % 4 === 0 ? 0 : 0.1 / t;
        const before = snapshot(parameters);
        optimizer.minimize(() => lossOf(parameters, numbersOf(t)));
        if (t % 4 === 0) expect(snapshot(parameters)).toEqual(before);
        wanted.step(numbersOf(t), optimizer.learningRate);
        expectValues(parameters, wanted, `step ${t}`);
      }
    });

    test(`${rule.name}: one optimizer over two models is one for each, to the bit`, () => {
      const [a, b, alone, beside] = Array.from({ length: 4 }, createModel) as Parameters[];
      const both = rule.make();
      const [first, second] = [rule.make(), rule.make()];
      for (let t = 1; t <= STEPS; t++) {
        const [ga, gb] = [numbersOf(t), numbersOf(t + 50)];
        if (t % 3 === 0) both.minimize(() => add(lossOf(b!, gb), lossOf(a!, ga)));
        else {
          if (t % 3 === 1) both.minimize(() => lossOf(a!, ga));
          both.minimize(() => lossOf(b!, gb));
        }
        if (t % 3 !== 2) first.minimize(() => lossOf(alone!, ga));
        second.minimize(() => lossOf(beside!, gb));
      }
      expect(snapshot(a!)).toEqual(snapshot(alone!));
      expect(snapshot(b!)).toEqual(snapshot(beside!));
    });

    test(`${rule.name}: gradients added up over parts of a batch are those of the whole`, () => {
      const make = () => ({
        lstm: new LSTM(2, 5, { seed: 1 }),
        head: new Linear(5, 3, { seed: 2 }),
      });
      const [B, T] = [6, 7];
      const x = randn([B, T, 2], { seed: 3 });
      const y = randn([B, T, 3], { seed: 4 });
      const parametersOf = ({ lstm, head }: ReturnType<typeof make>) =>
        ({ ...lstm.parameters(), ...head.parameters() }) as Parameters;
      const cost = ({ lstm, head }: ReturnType<typeof make>, from: number, rows: number) =>
        mse(
          head.forward(lstm.forward(slice(x, [from, 0, 0], [rows, T, 2])).output),
          slice(y, [from, 0, 0], [rows, T, 3]),
        );
      const [whole, parts] = [make(), make()];
      const [one, other] = [rule.make({ clipNorm: 0.1 }), rule.make({ clipNorm: 0.1 })];
      const targets = parametersOf(parts);
      for (let t = 0; t < 6; t++) {
        one.minimize(() => cost(whole, 0, B));
        let total: Record<string, Tensor> | undefined;
        for (const [from, rows] of [
          [0, 1],
          [1, 3],
          [4, 2],
        ] as const) {
          const { gradients } = valueAndGrad(() => mul(rows / B, cost(parts, from, rows)), targets);
          const so = total;
          total = Object.fromEntries(
            Object.entries(gradients).map(([name, g]) => [name, so ? add(so[name]!, g) : g]),
          );
        }
        other.update(targets, total!);
        expectClose(
          [other.gradientNorm!],
          [one.gradientNorm!],
          { atol: 0, rtol: 1e-4 },
          "norms of the gradients",
        );
      }
      for (const [name, p] of Object.entries(parametersOf(whole)))
        expectClose(targets[name]!.data, p.data, { atol: 2e-4, rtol: 0 }, name);
    });

    test(`${rule.name}: NaN gradients flow, and only where they are without clipNorm`, () => {
      for (const clipNorm of [undefined, 1]) {
        const parameters = createModel();
        const optimizer = rule.make({ clipValue: 0.5, ...(clipNorm && { clipNorm }) });
        optimizer.minimize(() => lossOf(parameters, numbersOf(1)));
        const gradients = numbersOf(2);
        gradients.gain![3] = Number.NaN;
        expect(optimizer.minimize(() => lossOf(parameters, gradients))).toBeNaN();
        for (const [name, p] of Object.entries(parameters))
          p.data.forEach((v, k) => {
            const wanted = clipNorm !== undefined || (name === "gain" && k === 3);
            expect(Number.isNaN(v), `${name}[${k}]`).toBe(wanted);
          });
        if (clipNorm) expect(optimizer.gradientNorm).toBeNaN();
      }
    });
  }

  test("a loss that reaches no parameter is an error, and nothing changes", () => {
    const parameters = createModel();
    const before = snapshot(parameters);
    const x = tensor([1, 2, 3]);
    for (const { make } of rules) {
      const optimizer = make({ clipNorm: 1 });
      const losses: (() => unknown)[] = [
        () => optimizer.minimize(() => sum(x)),
        () => optimizer.minimize(() => tensor(1)),
        () => optimizer.minimize(() => sum(x), parameters),
        () => optimizer.minimize(() => lossOf(parameters, numbersOf(1)), {}),
        () =>
          optimizer.minimize(() => {
            lossOf(parameters, numbersOf(1));
            return sum(x);
          }),
        () =>
          optimizer.minimize(
            () => lossOf(parameters, pick(numbersOf(1), ["bias"])),
            pick(parameters, ["gain"]),
          ),
      ];
      for (const loss of losses)
        expect(loss, `${loss}`).toThrow(/depends on parameters|expected parameters, got none/);
      expect(snapshot(parameters)).toEqual(before);
      expect(optimizer.gradientNorm).toBeUndefined();
    }
  });

  test("the parameter itself may be the loss", () => {
    const p = parameter(3);
    expect(new SGD({ learningRate: 0.5 }).minimize(() => p)).toBe(3);
    expect(p.item()).toBe(2.5);
  });

  test("the norm is summed block by block in order of recording, whatever the order of creation", () => {
    const tiny = 2 ** -27; // two of them: a square of 2^-53, half of what 1 can be told from
    const gradientOf = (p: Parameter) =>
      tensor(new Float32Array(p.size).fill(p.size === 1 ? 1 : tiny));
    const norm = (order: (all: Parameter[]) => Parameter[], created: "first" | "last") => {
      const small = () => Array.from({ length: 8 }, () => parameter([0, 0]));
      const all = created === "first" ? [parameter([0]), ...small()] : [...small(), parameter([0])];
      const optimizer = new SGD({ clipNorm: 1 });
      const terms = () => order(all).map((p) => sum(mul(p, gradientOf(p))));
      optimizer.minimize(() => terms().reduce((a, b) => add(a, b)));
      return optimizer.gradientNorm;
    };
    const bySize = (sign: number) => (all: Parameter[]) =>
      [...all].sort((p, q) => sign * (p.size - q.size));
    for (const created of ["first", "last"] as const) {
      expect(norm(bySize(1), created), "1, then what is lost beside it").toBe(1);
      expect(norm(bySize(-1), created), "the small ones first").toBe(1 + 2 ** -51);
    }
  });

  test("update: one parameter under two names gets both gradients and one step", () => {
    for (const rule of rules) {
      const [one, two] = [createModel(), createModel()];
      const [a, b] = [rule.make({ clipNorm: 0.5 }), rule.make({ clipNorm: 0.5 })];
      for (let t = 1; t <= 4; t++) {
        const g = asTensors(numbersOf(t), one);
        const h = asTensors(numbersOf(t + 9), one);
        a.update({ gain: one.gain!, again: one.gain! }, { gain: g.gain!, again: h.gain! });
        b.update({ gain: two.gain! }, { gain: add(g.gain!, h.gain!) });
        expect(snapshot(one)).toEqual(snapshot(two));
      }
    }
  });

  test("update: what does not fit changes neither values nor moments", () => {
    for (const rule of rules) {
      const [one, two] = [createModel(), createModel()];
      const [a, b] = [rule.make(), rule.make()];
      const good = (t: number) => asTensors(numbersOf(t), one);
      for (let t = 1; t <= 3; t++) {
        const g = good(t);
        const { weight: _, ...missing } = g;
        expect(() => a.update(one, missing)).toThrow(TypeError);
        expect(() => a.update(one, { ...g, bias: randn([4]) })).toThrow(RangeError);
        expect(() => a.update(one, { ...g, gain: [1] as never })).toThrow(TypeError);
        expect(() => a.update({ ...one, other: randn([3]) }, g)).toThrow(TypeError);
        expect(() => a.update(null as never, g)).toThrow(TypeError);
        expect(() => a.update(one, null as never)).toThrow(TypeError);
        expect(snapshot(one)).toEqual(snapshot(two));
        a.update(one, g);
        b.update(two, g);
        expect(snapshot(one)).toEqual(snapshot(two));
      }
    }
  });

  test("update takes gradients under names that parameters do not have", () => {
    const parameters = createModel();
    const before = snapshot(parameters);
    const gradients = asTensors(numbersOf(1), parameters);
    new SGD().update(pick(parameters, ["bias"]), gradients);
    const { bias: _, ...rest } = snapshot(parameters);
    expect(rest).toEqual(pick(before, Object.keys(rest)));
  });
});
