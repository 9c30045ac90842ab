import { Adagrad, Adam, type Optimizer, parameter, SGD } from "gatewise";
import { expect } from "vitest";
import type { Tolerance } from "../close.ts";
import { type Case, expectGolden, type GoldenTensor, type Piece, tensorOf } from "./suite.ts";

/**
 * ONNX' Adagrad, Adam and Momentum: inputs R (rate), T (updates before), then all values X, all gradients G and all
 * moments, kind by kind; outputs all new values, then all new moments. norm_coefficient is weight decay.
 */

interface Attributes {
  readonly alpha?: number;
  readonly beta?: number;
  readonly epsilon?: number;
  readonly decay_factor?: number;
  readonly norm_coefficient?: number;
  readonly norm_coefficient_post?: number;
  readonly mode?: "standard" | "nesterov";
}

/** An optimizer, the names of its moments in ONNX' order, and how many updates it is to think were before. */
interface Prepared {
  readonly optimizer: Optimizer;
  readonly moments: readonly string[];
  readonly updates: number;
}

type Prepare = (a: Attributes, rate: number, t: number) => Prepared;

const operators: Readonly<Record<string, Prepare>> = {
  Adagrad: ({ decay_factor = 0, epsilon = 0, norm_coefficient = 0 }, learningRate, t) => ({
    optimizer: new Adagrad({
      learningRate,
      learningRateDecay: decay_factor,
      epsilon,
      weightDecay: norm_coefficient,
    }),
    moments: ["square"],
    updates: t,
  }),

  /** Without bias corrections where T is 0: the rate takes out those of the first update. */
  Adam: ({ alpha = 0.9, beta = 0.999, epsilon = 0, norm_coefficient = 0 }, rate, t) => ({
    optimizer: new Adam({
      learningRate: t > 0 ? rate : (rate * (1 - alpha)) / Math.sqrt(1 - beta),
      beta1: alpha,
      beta2: beta,
      epsilon,
      epsilonHat: true,
      weightDecay: norm_coefficient,
    }),
    moments: ["mean", "square"],
    updates: Math.max(t - 1, 0),
  }),

  /** beta is what is taken of the gradient, but all of it where T is 0. */
  Momentum: ({ alpha = 0, beta = 1, norm_coefficient = 0, mode }, learningRate, t) => ({
    optimizer: new SGD({
      learningRate,
      momentum: alpha,
      dampening: mode === "nesterov" && t === 0 ? 0 : 1 - beta,
      nesterov: mode === "nesterov",
      weightDecay: norm_coefficient,
    }),
    moments: ["velocity"],
    updates: t,
  }),
};

const scalar = (golden: GoldenTensor): number => Number(golden.data[0]);

const named = <V>(list: readonly V[]): Record<string, V> =>
  Object.fromEntries(list.map((value, i) => [`x${i}`, value]));

function run({ op, attributes, inputs, outputs, tolerance }: Case): void {
  const [rate, count, ...arrays] = Object.values(inputs) as [GoldenTensor, GoldenTensor];
  const { optimizer, moments, updates } = operators[op]!(attributes, scalar(rate), scalar(count));
  const kinds = 2 + moments.length;
  const n = arrays.length / kinds;
  const [values, gradients, ...states] = Array.from({ length: kinds }, (_, k) =>
    arrays.slice(k * n, (k + 1) * n).map((golden) => tensorOf(golden)),
  );
  const parameters = values!.map((value) => parameter(value));
  parameters.forEach((p, i) => {
    const kept = Object.fromEntries(moments.map((name, k) => [name, states[k]![i]!.data]));
    optimizer.restoreState(p, { updates, moments: kept });
  });
  optimizer.update(named(parameters), named(gradients!));
  const results = [
    ...parameters.map((p) => p.data),
    ...moments.flatMap((name) => parameters.map((p) => optimizer.stateOf(p)!.moments[name]!)),
  ];
  expect(results.length).toBe(Object.keys(outputs).length);
  Object.entries(outputs).forEach(([name, want], i) => {
    expectGolden(results[i]!, want, tolerance as unknown as Tolerance, name);
  });
}

/** Single updates of values and moments that are given, within the tolerance each case states. */
export const onnxExtraOptimizers: Piece = {
  knows: (op) => op in operators,
  skip({ attributes, inputs }) {
    const { norm_coefficient_post: post = 0, mode, beta = 1 } = attributes as Attributes;
    if (post !== 0) return "weight decay after the step is not there";
    if (mode === "nesterov" && beta !== 1 && scalar(Object.values(inputs)[1]!) > 0)
      return "Nesterov's momentum with a part of the gradient is not there, as in torch";
    return undefined;
  },
  run,
};
