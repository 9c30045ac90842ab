import { checkOptions, kindError } from "../core/check.ts";
import { Tensor } from "../core/tensor.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { abs, log, sigmoid } from "../ops/elementwise.ts";
import { logSoftmax } from "../ops/losses.ts";
import { sum } from "../ops/reduce.ts";
import { type CheckTarget, checkClasses, checkProbabilities, checkTargetShape } from "./targets.ts";

/** How far predictions are from targets, in Keras' order: one number an element, a step or a sample, or a scalar. */
export type LossFunction = (target: Tensor, prediction: Tensor) => Tensor;

/** A loss to compile a model with: `losses.huber({ delta: 2 })`. */
export interface ModelLoss {
  /** "meanSquaredError" */
  readonly name: string;
  /** One number an element, a step or a sample, or a scalar. */
  readonly compute: LossFunction;
  /** @internal */
  readonly check?: CheckTarget;
}

/** What a loss of probabilities can be given. */
export interface FromLogitsOptions {
  /** Whether the model puts out logits, without the softmax or sigmoid that would make them probabilities. Default false. */
  readonly fromLogits?: boolean;
}

function readFromLogits(where: string, options: FromLogitsOptions | undefined): boolean {
  const { fromLogits = false } = checkOptions(where, options, ["fromLogits"]);
  if (typeof fromLogits !== "boolean")
    throw kindError(where, "fromLogits to be true or false", fromLogits);
  return fromLogits;
}

/** (prediction - target)² */
export function meanSquaredError(): ModelLoss {
  return {
    name: "meanSquaredError",
    check: checkTargetShape,
    compute(target, prediction) {
      const difference = sub(prediction, target);
      return mul(difference, difference);
    },
  };
}

/** |prediction - target| */
export function meanAbsoluteError(): ModelLoss {
  return {
    name: "meanAbsoluteError",
    check: checkTargetShape,
    compute: (target, prediction) => abs(sub(prediction, target)),
  };
}

/** Smallest probability whose logarithm is taken, as in Keras. */
const tiny = 1e-7;

/** -(t log p + (1 - t) log (1 - p)): each element a probability of its own. */
export function binaryCrossentropy(options?: FromLogitsOptions): ModelLoss {
  const fromLogits = readFromLogits("losses.binaryCrossentropy", options);
  return {
    name: "binaryCrossentropy",
    check: checkProbabilities,
    compute(target, prediction) {
      const p = fromLogits ? sigmoid(prediction) : prediction;
      const yes = mul(target, log(add(p, tiny)));
      const no = mul(sub(1, target), log(sub(1 + tiny, p)));
      return mul(add(yes, no), -1);
    },
  };
}

function categorical(target: Tensor, prediction: Tensor, fromLogits: boolean): Tensor {
  const logarithms = fromLogits ? logSoftmax(prediction) : log(add(prediction, tiny));
  return mul(sum(mul(target, logarithms), -1), -1);
}

/** -Σ t log p along the last axis, where there is a probability a class. */
export function categoricalCrossentropy(options?: FromLogitsOptions): ModelLoss {
  const fromLogits = readFromLogits("losses.categoricalCrossentropy", options);
  return {
    name: "categoricalCrossentropy",
    check: checkProbabilities,
    compute: (target, prediction) => categorical(target, prediction, fromLogits),
  };
}

/** -log p of the class that the target names: [batch] or [batch, 1] for an output [batch, classes]. */
export function sparseCategoricalCrossentropy(options?: FromLogitsOptions): ModelLoss {
  const fromLogits = readFromLogits("losses.sparseCategoricalCrossentropy", options);
  return {
    name: "sparseCategoricalCrossentropy",
    check: checkClasses,
    compute(target, prediction) {
      const oneHot = new Float32Array(prediction.size);
      const classes = prediction.shape.at(-1)!;
      target.data.forEach((label, row) => {
        oneHot[row * classes + label] = 1;
      });
      return categorical(new Tensor(prediction.shape, oneHot), prediction, fromLogits);
    },
  };
}
