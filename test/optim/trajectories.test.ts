import {
  Adagrad,
  Adam,
  AdamW,
  type Optimizer,
  type OptimizerOptions,
  type Parameters,
  RMSprop,
  SGD,
  type Tensor,
  tensor,
} from "gatewise";
import { expect, test } from "vitest";
import { createParameters } from "../../bindings/core/parameter.ts";
import { expectClose } from "../close.ts";
import goldens from "../goldens/optimizers.json" with { type: "json" };
import { describeKernelSets } from "../kernel-sets.ts";
import * as reference from "../reference/optimizers.ts";

type Numbers = Readonly<Record<string, string>>;
type Values = Record<string, Float64Array>;

const optimizers = { SGD, Adagrad, RMSprop, Adam, AdamW } as unknown as Record<
  string,
  new (
    options: OptimizerOptions,
  ) => Optimizer
>;
const { shapes } = goldens;

const read = (numbers: Numbers): Values =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, text]) => [
      name,
      Float64Array.from(text.split(" "), Number),
    ]),
  );

/** The goldens' parameters in one block, as they begin. */
function createModel(): Parameters {
  const parameters = createParameters("model", shapes);
  for (const [name, values] of Object.entries(read(goldens.start)))
    parameters[name as keyof typeof shapes].assign(Float32Array.from(values));
  return parameters;
}

const gradientsOf = (step: Numbers): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(read(step)).map(([name, g]) => [
      name,
      tensor(Float32Array.from(g), [...shapes[name as keyof typeof shapes]]),
    ]),
  );

const pick = <V>(all: Readonly<Record<string, V>>, names: readonly string[]): Record<string, V> =>
  Object.fromEntries(names.map((name) => [name, all[name]!]));

/** The steps of the goldens; `each` is called after every one, counted from 1. */
function train(optimizer: Optimizer, parameters: Parameters, each: (step: number) => void): void {
  goldens.gradients.forEach((numbers, i) => {
    optimizer.update(parameters, gradientsOf(numbers));
    each(i + 1);
  });
}

/** Rounding to float32 in ten steps: torch computed in float64. */
const tolerance = { atol: 1e-6, rtol: 4e-6 };

describeKernelSets("PyTorch's trajectories", () => {
  test.each(goldens.trajectories.map((golden) => [golden.name, golden] as const))(
    "%s",
    (_, golden) => {
      const parameters = createModel();
      const groups = golden.groups.map(({ parameters: names, ...options }) => ({
        ...options,
        parameters: pick(parameters, names),
      }));
      const options = { ...golden.options, ...(groups.length > 0 && { groups }) };
      const optimizer = new optimizers[golden.optimizer]!(options);
      let compared = 0;
      train(optimizer, parameters, (step) => {
        const wanted = (golden.values as Readonly<Record<string, Numbers>>)[step];
        if (!wanted) return;
        compared++;
        for (const [name, values] of Object.entries(read(wanted)))
          expectClose(parameters[name]!.data, values, tolerance, `step ${step}: ${name}`);
      });
      expect(compared).toBe(3);
    },
  );
});

describeKernelSets("what other frameworks do in another way", () => {
  /** Ten steps of a rule in float64, parameter by parameter, against those of an optimizer. */
  function compare(
    optimizer: Optimizer,
    rule: (
      state: { value: Float64Array; a: Float64Array; b: Float64Array },
      g: Float64Array,
      t: number,
    ) => void,
  ): void {
    const parameters = createModel();
    const states = Object.fromEntries(
      Object.entries(read(goldens.start)).map(([name, value]) => [
        name,
        { value, a: new Float64Array(value.length), b: new Float64Array(value.length) },
      ]),
    );
    train(optimizer, parameters, (t) => {
      for (const [name, g] of Object.entries(read(goldens.gradients[t - 1]!))) {
        rule(states[name]!, g, t);
        expectClose(parameters[name]!.data, states[name]!.value, tolerance, `step ${t}: ${name}`);
      }
    });
  }

  test("Keras' Adam adds epsilon before the correction of the squares", () => {
    const [rate, beta1, beta2, epsilon] = [0.05, 0.9, 0.99, 0.1];
    compare(
      new Adam({ learningRate: rate, beta1, beta2, epsilon, epsilonHat: true }),
      ({ value, a: m, b: v }, g, t) =>
        g.forEach((gi, i) => {
          m[i]! += (gi - m[i]!) * (1 - beta1);
          v[i]! += (gi * gi - v[i]!) * (1 - beta2);
          const alpha = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t);
          value[i]! -= (m[i]! * alpha) / (Math.sqrt(v[i]!) + epsilon);
        }),
    );
  });

  test("Keras' Adagrad has epsilon in the root", () => {
    const [rate, epsilon] = [0.05, 0.1];
    const options = { initialAccumulator: 0.1, epsilon, epsilonInRoot: true };
    compare(new Adagrad({ learningRate: rate, ...options }), ({ value, a: sum }, g, t) => {
      if (t === 1) sum.fill(0.1);
      reference.adagrad(value, sum, g, rate, (s) => Math.sqrt(s + epsilon));
    });
  });

  test("Keras' RMSprop has epsilon in the root", () => {
    const [rate, alpha, epsilon] = [0.05, 0.9, 0.1];
    compare(
      new RMSprop({ learningRate: rate, alpha, epsilon, epsilonInRoot: true }),
      ({ value, a: square }, g) =>
        reference.rmsprop({ value, square }, g, { rate, alpha, momentum: 0 }, (v) =>
          Math.sqrt(v + epsilon),
        ),
    );
  });
});
