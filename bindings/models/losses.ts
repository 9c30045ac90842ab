import { checkFlag, checkNumber, checkOptions, valueError } from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";
import { categoricalCrossEntropy, sparseCategoricalCrossEntropy } from "../ops/categorical.ts";
import { binaryCrossEntropy, huber as huberLoss, mae, mse } from "../ops/element-loss.ts";
import { type CheckTarget, checkLabels, checkProbabilities, checkTargetShape } from "./targets.ts";

/**
 * How far predictions are from targets, in Keras' order: one number an element, a step or a sample, or a scalar. A scalar
 * counts padding, too: where there are masks, return one number a step.
 */
export type LossFunction = (target: Tensor, prediction: Tensor) => Tensor;

/** A loss to compile a model with: `losses.huber({ delta: 2 })`. */
export interface ModelLoss {
  /** "meanSquaredError" */
  readonly name: string;
  /** One number an element, a step or a sample, or a scalar. */
  readonly compute: LossFunction;
  /** @internal */
  readonly check?: CheckTarget;
  /** @internal What a cross-entropy's probabilities are of: each element by itself, or the classes of a row. */
  readonly of?: "elements" | "classes";
}

/** What a loss of probabilities can be given. */
export interface FromLogitsOptions {
  /** Whether the model puts out logits, without the softmax or sigmoid that would make them probabilities. Default false. */
  readonly fromLogits?: boolean | undefined;
}

const reduction = "none";

function readFromLogits(where: string, options: FromLogitsOptions | undefined): boolean {
  return checkFlag(where, "fromLogits", checkOptions(where, options, ["fromLogits"]).fromLogits);
}

/** (prediction - target)². See `mse`. */
export const meanSquaredError = (): ModelLoss => ({
  name: "meanSquaredError",
  check: checkTargetShape,
  compute: (target, prediction) => mse(prediction, target, { reduction }),
});

/** |prediction - target|. See `mae`. */
export const meanAbsoluteError = (): ModelLoss => ({
  name: "meanAbsoluteError",
  check: checkTargetShape,
  compute: (target, prediction) => mae(prediction, target, { reduction }),
});

/** What Huber's loss can be given. */
export interface HuberLossOptions {
  /** Where the parabola becomes a line; above 0. Default 1. */
  readonly delta?: number | undefined;
}

/** d² / 2 for |d| ≤ delta, delta (|d| - delta / 2) beyond, d = prediction - target. See `huber`. */
export function huber(options?: HuberLossOptions): ModelLoss {
  const where = "losses.huber";
  const { delta = 1 } = checkOptions(where, options, ["delta"]);
  if (checkNumber(where, "delta", delta, 0) === 0) throw valueError(where, "delta above 0", delta);
  return {
    name: "huber",
    check: checkTargetShape,
    compute: (target, prediction) => huberLoss(prediction, target, { delta, reduction }),
  };
}

/** -t ln p - (1 - t) ln (1 - p): each element a probability of its own. See `binaryCrossEntropy`. */
export function binaryCrossentropy(options?: FromLogitsOptions): ModelLoss {
  const fromLogits = readFromLogits("losses.binaryCrossentropy", options);
  return {
    name: "binaryCrossentropy",
    of: "elements",
    check: checkProbabilities,
    compute: (target, prediction) =>
      binaryCrossEntropy(prediction, target, { fromLogits, reduction }),
  };
}

/** -Σ t ln p along the last axis, where there is a probability a class. See `categoricalCrossEntropy`. */
export function categoricalCrossentropy(options?: FromLogitsOptions): ModelLoss {
  const fromLogits = readFromLogits("losses.categoricalCrossentropy", options);
  return {
    name: "categoricalCrossentropy",
    of: "classes",
    check: checkProbabilities,
    compute: (target, prediction) =>
      categoricalCrossEntropy(prediction, target, { fromLogits, reduction }),
  };
}

/**
 * -ln p of the class that the target names: [batch] or [batch, 1] for an output [batch, classes]. See
 * `sparseCategoricalCrossEntropy`.
 */
export function sparseCategoricalCrossentropy(options?: FromLogitsOptions): ModelLoss {
  const fromLogits = readFromLogits("losses.sparseCategoricalCrossentropy", options);
  return {
    name: "sparseCategoricalCrossentropy",
    of: "classes",
    check: checkLabels,
    compute: (target, prediction) =>
      sparseCategoricalCrossEntropy(prediction, target, { fromLogits, reduction }),
  };
}
