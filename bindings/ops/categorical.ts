import { checkFlag, checkOptions, checkShape } from "../core/check.ts";
import { extras } from "../core/extras.ts";
import { inFrame } from "../core/scope.ts";
import { checkTensor, type Tensor } from "../core/tensor.ts";
import { type Classes, checkClasses, checkIgnoreIndex } from "./classes.ts";
import { classLosses, countClasses, softLosses } from "./cross-entropy.ts";
import { checkReduction, type ReductionOptions, reduced } from "./reduction.ts";
import { checkRowAxis, logSoftmaxRows, rowwise } from "./softmax.ts";

/** What `categoricalCrossEntropy` can be given. */
export interface CategoricalCrossEntropyOptions extends ReductionOptions {
  /** Whether predictions are logits rather than probabilities; `false` unless given. */
  readonly fromLogits?: boolean | undefined;
}

/** What `sparseCategoricalCrossEntropy` can be given. */
export interface SparseCategoricalCrossEntropyOptions extends CategoricalCrossEntropyOptions {
  /** A class number, in range or not, of rows that are left out: their loss and gradient are 0. */
  readonly ignoreIndex?: number | undefined;
}

/** ln clip(p / Σ p) along the last axis. */
const logNormalized = (p: Tensor): Tensor =>
  rowwise(
    p,
    (k, y, from, rows, columns) => k.log_normalized_forward(y, from, rows, columns),
    "input",
    (k, dp, dy, from, rows, columns) => k.log_normalized_backward(dp, dy, from, rows, columns),
  );

/**
 * Keras' categorical cross-entropy: -Σ target · ln p along the last axis, the mean over the rows unless `reduction` says
 * otherwise; with "none" one loss a row. prediction and target [..., classes].
 *
 * Probabilities are divided by their row's sum and kept within 1e-7 and 1 - 1e-7, with no gradient beyond: a class of
 * probability 0 costs 16.1. A row of zeros only is NaN. From logits see `crossEntropy`, which is the same.
 */
export function categoricalCrossEntropy(
  prediction: Tensor,
  target: Tensor,
  options?: CategoricalCrossEntropyOptions,
): Tensor {
  const where = "categoricalCrossEntropy";
  const settings = checkOptions(where, options, ["fromLogits", "reduction"]);
  const fromLogits = checkFlag(where, "fromLogits", settings.fromLogits);
  const reduction = checkReduction(where, settings.reduction);
  checkRowAxis(where, "prediction", prediction, -1);
  checkShape(where, "target", checkTensor(where, "target", target).shape, prediction.shape);
  return inFrame([prediction, target], () => {
    const y = fromLogits ? logSoftmaxRows(prediction) : logNormalized(prediction);
    return reduced(softLosses(y, target), reduction);
  });
}

/**
 * Keras' sparse categorical cross-entropy: `categoricalCrossEntropy` of class numbers, one a row: in the shape of the rows,
 * flat, or with a last axis of size 1. The mean is over the rows that are not ignored; without any it is NaN, and gradients
 * are 0. Throws a RangeError for a class that is not there.
 */
export function sparseCategoricalCrossEntropy(
  prediction: Tensor,
  target: Classes,
  options?: SparseCategoricalCrossEntropyOptions,
): Tensor {
  const where = "sparseCategoricalCrossEntropy";
  const settings = checkOptions(where, options, ["fromLogits", "ignoreIndex", "reduction"]);
  const fromLogits = checkFlag(where, "fromLogits", settings.fromLogits);
  const reduction = checkReduction(where, settings.reduction);
  const ignored = checkIgnoreIndex(where, settings.ignoreIndex);
  checkRowAxis(where, "prediction", prediction, -1);
  const shape = prediction.shape.slice(0, -1);
  const columns = prediction.shape.at(-1)!;
  const classes = checkClasses(where, "classes", target, shape, columns, ignored);
  return inFrame([prediction], () => {
    const losses = fromLogits
      ? classLosses(prediction, classes)
      : likelihoodLosses(logNormalized(prediction), classes);
    return reduced(losses, reduction, countClasses(classes));
  });
}

/** -y[class] along the last axis, y logarithms of probabilities; 0 where the class is negative, without a gradient. */
function likelihoodLosses(y: Tensor, classes: Int32Array): Tensor {
  const columns = y.shape.at(-1)!;
  const rows = classes.length;
  return inFrame([y], (frame) => {
    const k = extras(frame.runtime);
    const [from, own] = [frame.at(y), frame.words(classes)];
    const losses = frame.tensor(y.shape.slice(0, -1));
    k.nll_forward(frame.at(losses), from, own, rows, columns);
    frame.record([losses], [y], () => {
      k.nll_backward(frame.gradient(y), frame.flowed(losses), own, rows, columns);
    });
    return losses;
  });
}
