import { valueError } from "../core/check.ts";
import { Tensor } from "../core/tensor.ts";
import {
  type AccuracyOptions,
  binaryAccuracyTally,
  categoricalAccuracyTally,
  perplexity,
  sparseAccuracyTally,
  type Tally,
} from "../metrics.ts";
import { tallyOf } from "./counted.ts";
import type { Flow } from "./layer.ts";
import type { ModelLoss } from "./losses.ts";
import type { Mask } from "./mask.ts";
import { type CheckTarget, checkLabels, checkTargetShape } from "./targets.ts";

/** What is reported of a model: the mean of something, or what is made of that mean. */
export interface Metric {
  /** What the logs call it. */
  readonly name: string;
  /** Throws for targets that do not go with the output, before training begins. */
  readonly check?: CheckTarget | undefined;
  /** Over the steps of a batch that count. */
  readonly tally: (where: string, target: Tensor, output: Flow) => Tally;
  /** What stands in the logs, out of the mean over all batches; without it that mean. */
  readonly finish?: (mean: number) => number;
}

/** Steps that do not count have weight 0. */
const weighted = (mask: Mask | undefined): AccuracyOptions =>
  mask ? { weights: new Tensor([mask.batch, mask.time], Float32Array.from(mask.steps)) } : {};

/** Probabilities above one half against targets of 0 and 1, element by element. */
export const binaryAccuracy: Metric = {
  name: "binaryAccuracy",
  check: checkTargetShape,
  tally: (where, target, { x, mask }) => binaryAccuracyTally(where, x, target, weighted(mask)),
};

/** The likeliest class against that of a target with one probability a class. */
export const categoricalAccuracy: Metric = {
  name: "categoricalAccuracy",
  check: checkTargetShape,
  tally: (where, target, { x, mask }) => categoricalAccuracyTally(where, x, target, weighted(mask)),
};

/** The likeliest class against class numbers. */
export const sparseCategoricalAccuracy: Metric = {
  name: "sparseCategoricalAccuracy",
  check: checkLabels,
  tally: (where, target, { x, mask }) => sparseAccuracyTally(where, x, target, weighted(mask)),
};

/**
 * Accuracy of the kind that goes with the loss and the shapes, by TensorFlow.js' rule (Keras 3 looks at the shapes only): of single
 * probabilities where there is one an element, else of classes, given as one probability each or as numbers.
 */
export function accuracyOf(loss: ModelLoss): Metric {
  const choose = (target: readonly number[], output: readonly number[]): Metric => {
    if (output.at(-1) === 1 || loss.of === "elements") return binaryAccuracy;
    const numbers = target.length < output.length || target.at(-1) === 1;
    return numbers ? sparseCategoricalAccuracy : categoricalAccuracy;
  };
  return {
    name: "accuracy",
    check: (where, target, output) => choose(target.shape, output).check?.(where, target, output),
    tally: (where, target, flow) => choose(target.shape, flow.x.shape).tally(where, target, flow),
  };
}

/** e^loss of a cross-entropy of classes: of its mean over all steps that count, however they are divided into batches. */
export function perplexityOf(where: string, loss: ModelLoss): Metric {
  if (loss.of !== "classes")
    throw valueError(
      where,
      "perplexity beside categoricalCrossentropy or sparseCategoricalCrossentropy",
      loss.name || "another loss",
    );
  return { ...metricOfLoss(loss), name: "perplexity", finish: perplexity };
}

/** A loss as a metric. */
export const metricOfLoss = (loss: ModelLoss): Metric => ({
  name: loss.name,
  check: loss.check,
  tally: (where, target, flow) => tallyOf(where, loss, target, flow),
});

/** A metric of one's own: numbers of which the mean is taken, or that mean. */
export type MetricFunction = (target: Tensor, prediction: Tensor) => Tensor | number;

/** A metric of one's own goes by the name of its function. */
export const metricOf = (measure: MetricFunction): Metric =>
  metricOfLoss({
    name: measure.name || "metric",
    compute(target, prediction) {
      const value = measure(target, prediction);
      return typeof value === "number" ? new Tensor([], Float32Array.of(value)) : value;
    },
  });
