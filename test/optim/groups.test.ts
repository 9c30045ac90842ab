import {
  Adagrad,
  Adam,
  AdamW,
  add,
  GRU,
  Linear,
  mse,
  mul,
  type Optimizer,
  type OptimizerOptions,
  type Parameters,
  parameter,
  RMSprop,
  randn,
  SGD,
  sum,
  tensor,
} from "gatewise";
import { expect, test } from "vitest";
import { createParameters } from "../../bindings/core/parameter.ts";
import { expectClose } from "../close.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";

const makers: Readonly<Record<string, (options?: OptimizerOptions) => Optimizer>> = {
  SGD: (o) => new SGD({ momentum: 0.9, nesterov: true, ...o }),
  Adagrad: (o) => new Adagrad({ initialAccumulator: 0.1, ...o }),
  RMSprop: (o) => new RMSprop({ momentum: 0.5, centered: true, ...o }),
  Adam: (o) => new Adam({ amsgrad: true, ...o }),
  AdamW: (o) => new AdamW(o),
};

const names = ["first", "second", "third"] as const;

/** Three neighbours in one block, without room between them. */
function createModel(): Parameters {
  const parameters = createParameters("model", { first: [8], second: [4], third: [5] });
  for (const [k, p] of Object.values(parameters).entries())
    p.assign(Float32Array.from(uniform(p.size, k)));
  return parameters;
}

const snapshot = (parameters: Parameters): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(parameters).map(([name, p]) => [name, p.data]));

const gradientOf = (size: number, seed: number) => tensor(Float32Array.from(uniform(size, seed)));

/** A step along gradients that are the same for the same t. */
const step = (optimizer: Optimizer, parameters: Parameters, t: number): number =>
  optimizer.minimize(() => {
    const terms = Object.values(parameters).map((p, k) =>
      sum(mul(p, gradientOf(p.size, 10 * t + k))),
    );
    return terms.reduce((a, b) => add(a, b));
  });

const only = (parameters: Parameters, name: string): Parameters => ({ [name]: parameters[name]! });

describeKernelSets("groups", () => {
  test.each(Object.keys(makers))(
    "%s: each group as an optimizer of its own would have it",
    (kind) => {
      const own: Readonly<Record<(typeof names)[number], OptimizerOptions>> = {
        first: { learningRate: 0.05, weightDecay: 0.2 },
        second: { learningRate: 0.3 },
        third: {},
      };
      const [together, apart] = [createModel(), createModel()];
      const groups = names
        .slice(0, 2)
        .map((name) => ({ parameters: only(together, name), ...own[name] }));
      const others = { learningRate: 0.1, weightDecay: 0.01 };
      const optimizer = makers[kind]!({ ...others, groups });
      const single = names.map((name) => makers[kind]!({ ...others, ...own[name] }));
      for (let t = 0; t < 5; t++) {
        step(optimizer, together, t);
        for (const [k, name] of names.entries()) {
          const p = apart[name]!;
          single[k]!.update({ p }, { p: gradientOf(p.size, 10 * t + k) });
        }
        expect(snapshot(together), `step ${t}`).toEqual(snapshot(apart));
      }
    },
  );

  test("a group without a rate follows the optimizer's, one with its own does not", () => {
    const parameters = createModel();
    const optimizer = new SGD({
      learningRate: (t) => 1 / (t + 1),
      groups: [
        { parameters: only(parameters, "first"), weightDecay: 0 },
        { parameters: only(parameters, "second"), learningRate: (t) => t },
      ],
    });
    const rates = () => [optimizer, ...optimizer.groups].map((group) => group.learningRate);
    expect(rates()).toEqual([1, 1, 0]);
    step(optimizer, parameters, 0);
    expect(rates()).toEqual([0.5, 0.5, 1]);
    optimizer.learningRate = 0.25;
    expect(rates()).toEqual([0.25, 0.25, 1]);
    optimizer.groups[0]!.learningRate = 0.125;
    optimizer.groups[1]!.learningRate = 4;
    expect(rates()).toEqual([0.25, 0.125, 4]);
    const before = snapshot(parameters);
    step(optimizer, parameters, 1);
    for (const [k, name] of names.entries()) {
      const rate = [0.125, 4, 0.25][k]!;
      const g = gradientOf(parameters[name]!.size, 10 + k).data;
      const want = before[name]!.map((v, i) => v - rate * g[i]!);
      expectClose(parameters[name]!.data, want, { atol: 1e-6, rtol: 0 }, name);
    }
  });

  test.each(Object.keys(makers))(
    "%s: a frozen group stays to the bit, out of the norm, and goes on where it was",
    (kind) => {
      const [freezing, alone] = [createModel(), createModel()];
      const groups = [{ parameters: only(freezing, "second"), frozen: true }];
      const optimizer = makers[kind]!({ clipNorm: 0.5, groups });
      const other = makers[kind]!({ clipNorm: 0.5 });
      const [group] = optimizer.groups;
      for (let t = 0; t < 9; t++) {
        group!.frozen = t % 3 !== 1;
        const { second, ...rest } = alone;
        step(optimizer, freezing, t);
        other.minimize(
          () => {
            const terms = Object.values(alone).map((p, k) =>
              sum(mul(p, gradientOf(p.size, 10 * t + k))),
            );
            return terms.reduce((a, b) => add(a, b));
          },
          group!.frozen ? rest : alone,
        );
        expect(snapshot(freezing), `step ${t}`).toEqual(snapshot(alone));
        expect(optimizer.gradientNorm).toBe(other.gradientNorm);
        if (t === 0) expect(second!.data).toEqual(createModel().second!.data);
      }
      expect(freezing.second!.data).not.toEqual(createModel().second!.data);
    },
  );

  test("update leaves frozen groups alone; a loss of frozen parameters only is an error", () => {
    const parameters = createModel();
    const before = snapshot(parameters);
    const second = only(parameters, "second");
    const optimizer = new Adam({ groups: [{ parameters: second, frozen: true }] });
    const gradients = Object.fromEntries(
      Object.entries(parameters).map(([name, p]) => [name, gradientOf(p.size, 3)]),
    );
    optimizer.update(parameters, gradients);
    expect(parameters.second!.data).toEqual(before.second);
    expect(parameters.first!.data).not.toEqual(before.first);
    const now = snapshot(parameters);
    for (const targets of [undefined, second])
      expect(() => optimizer.minimize(() => sum(parameters.second!), targets)).toThrow(
        /Adam.minimize: expected a loss that depends on parameters that are not frozen/,
      );
    expect(snapshot(parameters)).toEqual(now);
    expect(optimizer.steps).toBe(1);
  });

  test("a module's parameters as a group: the rest trains, the frozen module stays", () => {
    const [gru, head] = [new GRU(2, 5, { seed: 1 }), new Linear(5, 1, { seed: 2 })];
    const x = randn([3, 4, 2], { seed: 3 });
    const frozen = snapshot(gru.parameters());
    const optimizer = new AdamW({
      learningRate: 0.05,
      groups: [
        { parameters: gru.parameters(), frozen: true },
        { parameters: { bias: head.parameters().bias! }, weightDecay: 0 },
      ],
    });
    const run = () =>
      optimizer.minimize(() =>
        mse(head.forward(gru.forward(x).output), randn([3, 4, 1], { seed: 4 })),
      );
    const losses = Array.from({ length: 20 }, run);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(snapshot(gru.parameters())).toEqual(frozen);
  });

  test("clipNormEach: the gradient of each parameter by itself, as Keras' clipnorm", () => {
    const limit = 1;
    const cut = (g: Float64Array, at: number): Float64Array => {
      const norm = Math.sqrt(g.reduce((total, v) => total + v * v, 0));
      return g.map((v) => v * Math.min(1, at / norm));
    };
    const seeds = [1, 2, 3];
    const given = names.map((_, k) => uniform([8, 4, 5][k]!, seeds[k]!, -1, 1 - 0.4 * k));
    for (const clipNorm of [undefined, 1.2]) {
      const parameters = createModel();
      const before = snapshot(parameters);
      const optimizer = new SGD({
        learningRate: 1,
        clipNormEach: limit,
        ...(clipNorm && { clipNorm }),
      });
      optimizer.update(
        parameters,
        Object.fromEntries(names.map((name, k) => [name, tensor(Float32Array.from(given[k]!))])),
      );
      const each = given.map((g) => cut(g, limit));
      const all = cut(
        Float64Array.from(each.flatMap((g) => [...g])),
        (clipNorm ?? 99) / (1 + 1e-6),
      );
      let at = 0;
      for (const name of names) {
        const want = before[name]!.map((v) => v - all[at++]!);
        expectClose(parameters[name]!.data, want, { atol: 2e-6, rtol: 0 }, name);
      }
      expect(given.some((g, k) => g.some((v, i) => v !== each[k]![i]))).toBe(true);
    }
  });

  test("clipNormEach: a gradient of 0 stays one, NaN stays within its parameter", () => {
    const [p, q] = [parameter([1, 2]), parameter([3, 4])];
    const optimizer = new SGD({ learningRate: 1, clipNormEach: 0.5 });
    optimizer.update({ p, q }, { p: tensor([0, 0]), q: tensor([Number.NaN, 1]) });
    expect([...p.data]).toEqual([1, 2]);
    expect([...q.data]).toEqual([Number.NaN, Number.NaN]);
  });

  test("what lies between parameters stays 0 with an epsilon of 0", () => {
    const parameters = createParameters("model", { odd: [3], next: [5] });
    const { piece } = parameters.odd.block;
    for (const make of [
      () => new Adagrad({ epsilon: 0, weightDecay: 0.1, clipNorm: 1 }),
      () => new RMSprop({ epsilon: 0, weightDecay: 0.1, clipNorm: 1, centered: true }),
      () => new Adam({ epsilon: 0, weightDecay: 0.1, clipNorm: 1 }),
    ]) {
      const optimizer = make();
      for (let t = 0; t < 3; t++) step(optimizer, parameters, t);
      expect(optimizer.gradientNorm).toBeGreaterThan(0);
      expect([...piece.view].filter((v) => Number.isNaN(v))).toEqual([]);
    }
  });

  test("state: what is kept of a parameter, put into another optimizer, goes on to the bit", () => {
    for (const [kind, make] of Object.entries(makers)) {
      const [one, two] = [createModel(), createModel()];
      const [whole, resumed] = [make(), make()];
      expect(whole.stateOf(one.first!)).toBeUndefined();
      for (let t = 0; t < 3; t++) step(whole, one, t);
      for (const name of names) {
        two[name]!.assign(one[name]!.data);
        resumed.restoreState(two[name]!, whole.stateOf(one[name]!)!);
      }
      for (let t = 3; t < 6; t++) {
        step(whole, one, t);
        step(resumed, two, t);
      }
      expect(snapshot(two), kind).toEqual(snapshot(one));
      expect(resumed.stateOf(two.third!)).toEqual(whole.stateOf(one.third!));
    }
  });
});
