import {
  checkNumber,
  checkOptions,
  checkShape,
  formatShape,
  kindError,
  sameShape,
  valueError,
} from "./core/check.ts";
import { inFrame } from "./core/scope.ts";
import { checkTensor, type Shape, Tensor } from "./core/tensor.ts";
import {
  type Classes,
  type Constants,
  checkClasses,
  checkConstants,
  checkIgnoreIndex,
} from "./ops/classes.ts";
import { argmax } from "./ops/reduce.ts";
import { checkRowAxis } from "./ops/softmax.ts";

/** A metric on its way: a weighted sum and the weight of all that went into it, to be added up batch by batch. */
export interface Tally {
  readonly total: number;
  readonly count: number;
}

export const noTally: Tally = { total: 0, count: 0 };

export const addTallies = (a: Tally, b: Tally): Tally => ({
  total: a.total + b.total,
  count: a.count + b.count,
});

/** What a tally comes to; NaN where nothing was counted. */
export const rateOf = ({ total, count }: Tally): number => total / count;

/** What every accuracy can be given. */
export interface AccuracyOptions {
  /** What each counts: of the shape of all, or of their first axes. A mask is weights of 0 and 1. */
  readonly weights?: Constants | undefined;
}

/** What an accuracy of class numbers can be given. */
export interface SparseAccuracyOptions extends AccuracyOptions {
  /** A class number, in range or not, of rows that do not count. */
  readonly ignoreIndex?: number | undefined;
}

/** What an accuracy of single probabilities can be given. */
export interface BinaryAccuracyOptions extends AccuracyOptions {
  /** Predictions above it are taken for 1; 0.5 unless given. */
  readonly threshold?: number | undefined;
}

/** The weight of the i-th of `shape`. */
function checkWeights(
  where: string,
  weights: Constants | undefined,
  shape: Shape,
): (i: number) => number {
  if (weights === undefined) return () => 1;
  const { data, shape: own } = checkConstants(where, "weights", weights);
  if (!sameShape(own, shape.slice(0, own.length)))
    throw valueError(
      where,
      `weights of shape ${formatShape(shape)} or of its first axes`,
      formatShape(own),
    );
  const repeats = shape.slice(own.length).reduce((n, size) => n * size, 1);
  return (i) => data[Math.floor(i / repeats)]!;
}

/** Counts the hits among n, each with its weight. */
function tally(n: number, isHit: (i: number) => boolean, weightOf: (i: number) => number): Tally {
  let [total, count] = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = weightOf(i);
    count += weight;
    if (isHit(i)) total += weight;
  }
  return { total, count };
}

/** How often the largest prediction of a row [..., classes] is that of its class, one a row. */
export function sparseAccuracyTally(
  where: string,
  prediction: Tensor,
  target: Classes,
  options?: SparseAccuracyOptions,
): Tally {
  const settings = checkOptions(where, options, ["weights", "ignoreIndex"]);
  checkRowAxis(where, "prediction", prediction, -1);
  const rows = prediction.shape.slice(0, -1);
  const ignored = checkIgnoreIndex(where, settings.ignoreIndex);
  const columns = prediction.shape.at(-1)!;
  const classes = checkClasses(where, "classes", target, rows, columns, ignored);
  const weightOf = checkWeights(where, settings.weights, rows);
  const best = argmax(prediction);
  return tally(
    classes.length,
    (i) => best[i] === classes[i],
    (i) => (classes[i]! < 0 ? 0 : weightOf(i)),
  );
}

/** How often the largest prediction of a row is where the largest target is, both [..., classes]. */
export function categoricalAccuracyTally(
  where: string,
  prediction: Tensor,
  target: Tensor,
  options?: AccuracyOptions,
): Tally {
  const settings = checkOptions(where, options, ["weights"]);
  checkRowAxis(where, "prediction", prediction, -1);
  checkShape(where, "target", checkTensor(where, "target", target).shape, prediction.shape);
  const weightOf = checkWeights(where, settings.weights, prediction.shape.slice(0, -1));
  const [best, wanted] = [argmax(prediction), argmax(target)];
  return tally(best.length, (i) => best[i] === wanted[i], weightOf);
}

/** How often a prediction above the threshold is a target of 1, and one that is not a target of 0. */
export function binaryAccuracyTally(
  where: string,
  prediction: Tensor,
  target: Tensor,
  options?: BinaryAccuracyOptions,
): Tally {
  const settings = checkOptions(where, options, ["threshold", "weights"]);
  const threshold = Math.fround(checkNumber(where, "threshold", settings.threshold ?? 0.5));
  const { shape } = checkTensor(where, "prediction", prediction);
  checkShape(where, "target", checkTensor(where, "target", target).shape, shape);
  const weightOf = checkWeights(where, settings.weights, shape);
  const [p, t] = [prediction.data, target.data];
  return tally(p.length, (i) => (p[i]! > threshold ? 1 : 0) === t[i], weightOf);
}

/**
 * The share of rows [..., classes] whose largest prediction is that of their class: the target is class numbers, one a
 * row, or of the prediction's shape with its largest at the class. The first of equals counts as the largest. 0 to 1; NaN
 * where nothing counts.
 */
export function accuracy(
  prediction: Tensor,
  target: Classes,
  options?: SparseAccuracyOptions,
): number {
  const where = "accuracy";
  checkTensor(where, "prediction", prediction);
  const oneHot = target instanceof Tensor && sameShape(target.shape, prediction.shape);
  return rateOf(
    oneHot
      ? categoricalAccuracyTally(where, prediction, target, options)
      : sparseAccuracyTally(where, prediction, target, options),
  );
}

/** `accuracy` of class numbers, one a row: in the shape of the rows, flat, or with a last axis of size 1. */
export const sparseCategoricalAccuracy = (
  prediction: Tensor,
  target: Classes,
  options?: SparseAccuracyOptions,
): number => rateOf(sparseAccuracyTally("sparseCategoricalAccuracy", prediction, target, options));

/** `accuracy` of a target with its largest at the class, such as a row of zeros with a one; of the prediction's shape. */
export const categoricalAccuracy = (
  prediction: Tensor,
  target: Tensor,
  options?: AccuracyOptions,
): number => rateOf(categoricalAccuracyTally("categoricalAccuracy", prediction, target, options));

/** The share of elements where prediction > threshold is what the target of the same shape says, 0 or 1. NaN where nothing counts. */
export const binaryAccuracy = (
  prediction: Tensor,
  target: Tensor,
  options?: BinaryAccuracyOptions,
): number => rateOf(binaryAccuracyTally("binaryAccuracy", prediction, target, options));

/** e^loss of a mean cross-entropy in nats: among how many equally likely classes one would be as unsure. A float32. */
export function perplexity(meanNats: number): number {
  const where = "perplexity";
  if (typeof meanNats !== "number") throw kindError(where, "meanNats to be a number", meanNats);
  return inFrame([], (frame) => {
    const address = frame.floats(1);
    frame.runtime.heap.f32[address >>> 2] = meanNats;
    frame.kernels.exp_forward(address, address, 1);
    return frame.runtime.heap.f32[address >>> 2]!;
  });
}
