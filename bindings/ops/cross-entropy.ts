import { checkNumber, checkOptions, formatShape, sameShape, valueError } from "../core/check.ts";
import { extras } from "../core/extras.ts";
import { inFrame } from "../core/scope.ts";
import { type Shape, Tensor } from "../core/tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { type Constants, checkClasses, checkConstants, checkIgnoreIndex } from "./classes.ts";
import { scaledRowSums } from "./reduce.ts";
import { checkReduction, type ReductionOptions, reduced } from "./reduction.ts";
import { gatherRows, type Indices, scatterRows } from "./rows.ts";
import { reshape } from "./shape.ts";
import { checkRowAxis, logSoftmaxRows, moveLast } from "./softmax.ts";

/** What `crossEntropy` can be given. */
export interface CrossEntropyOptions extends ReductionOptions {
  /** What a row counts, by its class: [classes]. */
  readonly weight?: Constants | undefined;
  /** A class number, in range or not (-1, -100), of rows that are left out: their loss and gradient are 0. */
  readonly ignoreIndex?: number | undefined;
  /** This share of each target is spread evenly over all classes; 0 unless given. */
  readonly labelSmoothing?: number | undefined;
  /** Where the classes are among the axes of logits: the last unless given, 1 for torch's [N, C, d1, ...]. */
  readonly axis?: number | undefined;
}

/** Rows of logits and what each counts. */
interface Weighing {
  /** The shape of the logits without their classes. */
  readonly shape: Shape;
  readonly classes: number;
  readonly weight: Float32Array | undefined;
  readonly smoothing: number;
}

/** Losses of rows, weighed, and what their mean divides by. */
interface Weighed {
  readonly losses: Tensor;
  readonly total: number;
}

/**
 * Softmax cross-entropy with the meaning of torch.nn.functional.cross_entropy: -ln softmax(logits)[class], reduced.
 *
 * logits [..., classes]; target: class numbers, one a row, or a tensor of the logits' shape with one probability a class
 * (which has a gradient too). The mean divides by the weights of the rows that count, or with probabilities by the number
 * of rows; where no row counts it is NaN, and gradients are 0. With `reduction: "none"` one loss a row: [...].
 * Throws a RangeError for a class that is not there.
 */
export function crossEntropy(
  logits: Tensor,
  target: Indices | Tensor,
  options?: CrossEntropyOptions,
): Tensor {
  const where = "crossEntropy";
  const names = ["weight", "ignoreIndex", "reduction", "labelSmoothing", "axis"] as const;
  const settings = checkOptions(where, options, names);
  const reduction = checkReduction(where, settings.reduction);
  const axis = checkRowAxis(where, "logits", logits, settings.axis ?? -1);
  const classes = logits.shape[axis]!;
  const weighing: Weighing = {
    shape: logits.shape.filter((_, i) => i !== axis),
    classes,
    weight: checkWeight(where, settings.weight, classes),
    smoothing: checkNumber(where, "labelSmoothing", settings.labelSmoothing ?? 0, 0, 1),
  };
  const ignored = checkIgnoreIndex(where, settings.ignoreIndex);
  if (target instanceof Tensor) {
    checkProbabilities(where, logits, target, ignored);
    return inFrame([logits, target], () => {
      const losses = smoothed(moveLast(logits, axis), moveLast(target, axis), weighing);
      return reduced(losses, reduction);
    });
  }
  const own = checkClasses(where, "classes", target, weighing.shape, classes, ignored);
  return inFrame([logits], () => {
    const { losses, total } = ofClasses(moveLast(logits, axis), own, weighing);
    return reduced(losses, reduction, total);
  });
}

function checkWeight(
  where: string,
  weight: Constants | undefined,
  classes: number,
): Float32Array | undefined {
  if (weight === undefined) return undefined;
  const { data, shape } = checkConstants(where, "weight", weight);
  if (!sameShape(shape, [classes]))
    throw valueError(where, `weight of shape ${formatShape([classes])}`, formatShape(shape));
  return data;
}

function checkProbabilities(
  where: string,
  logits: Tensor,
  target: Tensor,
  ignored: number | undefined,
): void {
  if (!sameShape(target.shape, logits.shape))
    throw valueError(
      where,
      `class numbers in an array, or a target of shape ${formatShape(logits.shape)}`,
      `a tensor of shape ${formatShape(target.shape)}`,
    );
  if (ignored !== undefined)
    throw valueError(where, "ignoreIndex with class numbers only", "a target of probabilities");
}

function ofClasses(logits: Tensor, classes: Int32Array, weighing: Weighing): Weighed {
  const { shape, weight, smoothing } = weighing;
  const weights = weight && weightsOf(classes, weight);
  const total = weights ? weights.reduce((sum, w) => sum + w, 0) : countClasses(classes);
  if (smoothing > 0) return { losses: smoothedClasses(logits, classes, weighing), total };
  const losses = classLosses(logits, classes);
  return { losses: weights ? mul(losses, new Tensor(shape, weights)) : losses, total };
}

/** The losses of rows whose classes are smoothed. Rows to be left out are taken away first: NaN in one must not get past. */
function smoothedClasses(logits: Tensor, classes: Int32Array, weighing: Weighing): Tensor {
  const counted = Int32Array.from(classes.keys()).filter((row) => classes[row]! >= 0);
  if (counted.length === 0) return classLosses(logits, classes);
  const rows = gatherRows(reshape(logits, [classes.length, weighing.classes]), counted);
  const own = classes.filter((c) => c >= 0);
  const losses = smoothed(rows, oneHot(own, rows.shape), weighing);
  return reshape(scatterRows(losses, counted, classes.length), weighing.shape);
}

/** How many are not to be left out. */
export function countClasses(classes: Int32Array): number {
  let count = 0;
  for (const c of classes) if (c >= 0) count++;
  return count;
}

/** The weight of each class, 0 for one to be left out. */
function weightsOf(classes: Int32Array, weight: Float32Array): Float32Array {
  const weights = new Float32Array(classes.length);
  for (const [i, c] of classes.entries()) if (c >= 0) weights[i] = weight[c]!;
  return weights;
}

/** Each class as a row of zeros with a one. */
function oneHot(classes: Int32Array, shape: Shape): Tensor {
  const columns = shape.at(-1)!;
  const data = new Float32Array(classes.length * columns);
  classes.forEach((c, row) => {
    data[row * columns + c] = 1;
  });
  return new Tensor(shape, data);
}

/** The losses of rows with a probability for each class, after smoothing and weighing. */
function smoothed(logits: Tensor, target: Tensor, weighing: Weighing): Tensor {
  const { classes, weight, smoothing } = weighing;
  const spread = smoothing > 0 ? add(mul(target, 1 - smoothing), smoothing / classes) : target;
  const weighed = weight ? mul(spread, new Tensor([classes], weight)) : spread;
  return softLosses(logSoftmaxRows(logits), weighed);
}

/** -Σ target · y along the last axis, y logarithms of probabilities. */
export const softLosses = (y: Tensor, target: Tensor): Tensor => scaledRowSums(mul(target, y), -1);

/** -ln softmax(logits)[class] along the last axis; 0 where the class is negative, without a gradient. */
export function classLosses(logits: Tensor, classes: Int32Array): Tensor {
  const columns = logits.shape.at(-1)!;
  const rows = classes.length;
  return inFrame([logits], (frame) => {
    const k = extras(frame.runtime);
    const [from, own] = [frame.at(logits), frame.words(classes)];
    const losses = frame.tensor(logits.shape.slice(0, -1));
    const p = frame.floats(logits.size);
    k.cross_entropy_forward(frame.at(losses), p, from, own, rows, columns);
    frame.record([losses], [logits], () => {
      const dx = frame.gradient(logits);
      k.cross_entropy_backward(dx, frame.flowed(losses), p, own, rows, columns);
    });
    return losses;
  });
}
