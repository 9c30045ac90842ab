import {
  type ActivationName,
  Adagrad,
  AdamW,
  abs,
  binaryCrossEntropy,
  categoricalCrossEntropy,
  cosineDecay,
  crossEntropy,
  elu,
  exp,
  exponentialDecay,
  gelu,
  hardSigmoid,
  huber,
  Linear,
  LSTM,
  layerNorm,
  leakyRelu,
  log,
  logSoftmax,
  mae,
  mish,
  mse,
  mul,
  type Optimizer,
  type Parameters,
  polynomialDecay,
  RMSprop,
  randn,
  randomInts,
  relu,
  relu6,
  SGD,
  scope,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  sparseCategoricalCrossEntropy,
  sqrt,
  stepDecay,
  sum,
  swish,
  type Tensor,
  tanh,
  thresholdedRelu,
  valueAndGrad,
  warmUp,
} from "gatewise";
import type { Hashable } from "./hash.ts";

/** Weights, gradients and outputs by name. */
export type Results = Record<string, Hashable>;

/** Parameters of a module under its name. */
export const named = (prefix: string, parameters: Parameters): Results =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, { data }]) => [`${prefix}.${name}`, data]),
  );

/** Every function that engines would approximate in their own ways, and others of its kind. */
const activations: Readonly<Record<ActivationName, (x: Tensor) => Tensor>> = {
  ...{ elu, exponential: exp, gelu, hardSigmoid, leakyRelu, linear: (x) => x, logSoftmax, mish },
  ...{ relu, relu6, selu, sigmoid, softmax, softplus, softsign, swish, tanh, thresholdedRelu },
};
const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  ...activations,
  "gelu, by tanh": (x) => gelu(x, { approximate: true }),
  log: (x) => log(abs(x)),
  sqrt: (x) => sqrt(abs(x)),
  layerNorm: (x) => layerNorm(x),
};

/** Losses of [R, C] against such numbers, shares of one, or classes. */
const lossesOf: Readonly<Record<string, (x: Tensor, y: Tensor, classes: number[]) => Tensor>> = {
  mse: (x, y) => mse(x, y),
  mae: (x, y) => mae(x, y),
  huber: (x, y) => huber(x, y),
  binaryCrossEntropy: (x, y) => binaryCrossEntropy(sigmoid(x), sigmoid(y)),
  crossEntropy: (x, _, classes) => crossEntropy(x, classes),
  sparseCategoricalCrossEntropy: (x, _, classes) =>
    sparseCategoricalCrossEntropy(softmax(x), classes),
  categoricalCrossEntropy: (x, y) => categoricalCrossEntropy(softmax(x), softmax(y)),
};

/** Values and gradients of functions, from far below zero to far above. */
export function operations(): Results {
  const x = mul(randn([31, 9], { seed: 75 }), 4);
  const y = randn([31, 9], { seed: 76 });
  const classes = [...randomInts([31], 0, 9, { seed: 77 })];
  const results: Results = {};
  for (const [name, apply] of Object.entries(functions)) {
    const { gradients } = valueAndGrad(() => sum(mul(apply(x), y)), { x });
    results[`function.${name}`] = scope(() => apply(x)).data;
    results[`gradient.${name}`] = gradients.x.data;
  }
  for (const [name, loss] of Object.entries(lossesOf)) {
    const { value, gradients } = valueAndGrad(() => loss(x, y, classes), { x });
    results[`loss.${name}`] = Float64Array.of(value);
    results[`gradient.${name}`] = gradients.x.data;
  }
  return results;
}

/** Every optimizer but Adam, with what changes its equation; each with a schedule of its own. */
const optimizers: Readonly<Record<string, () => Optimizer>> = {
  "SGD, Nesterov": () =>
    new SGD({ learningRate: stepDecay(0.05, { every: 7 }), momentum: 0.9, nesterov: true }),
  Adagrad: () =>
    new Adagrad({ learningRate: exponentialDecay(0.1, { factor: 0.9, decaySteps: 5 }) }),
  RMSprop: () =>
    new RMSprop({
      learningRate: polynomialDecay(0.01, { final: 0.001, decaySteps: 20 }),
      momentum: 0.5,
    }),
  AdamW: () =>
    new AdamW({
      learningRate: warmUp(cosineDecay(0.02, { decaySteps: 15 }), { steps: 5 }),
      weightDecay: 0.01,
    }),
};

/** Twenty steps of each; the sequence is computed again from every third state on. */
export function optimized(): Results {
  const x = randn([4, 10, 3], { seed: 81 });
  const y = randn([4, 10, 2], { seed: 82 });
  const results: Results = {};
  for (const [name, create] of Object.entries(optimizers)) {
    const [lstm, head] = [new LSTM(3, 7, { seed: 83 }), new Linear(7, 2, { seed: 84 })];
    const optimizer = create();
    for (let i = 0; i < 20; i++)
      optimizer.minimize(() =>
        mse(head.forward(lstm.forward(x, undefined, { checkpointEvery: 3 }).output), y),
      );
    Object.assign(results, named(`optimizer.${name}`, lstm.parameters()));
  }
  return results;
}
