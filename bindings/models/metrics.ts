import { Tensor } from "../core/tensor.ts";
import { argmax } from "../ops/reduce.ts";
import type { ModelLoss } from "./losses.ts";
import { checkLabels, checkTargetShape } from "./targets.ts";

/** A metric: like a loss one number an element, a step or a sample, of which the mean is taken. */
export type Metric = ModelLoss;

/** 1 for each row whose largest prediction is of its class, else 0. */
function classHits(prediction: Tensor, classes: ArrayLike<number>): Tensor {
  const hits = Float32Array.from(argmax(prediction), (k, row) => Number(k === classes[row]));
  return new Tensor(prediction.shape.slice(0, -1), hits);
}

/** Probabilities above one half against targets of 0 and 1, element by element. */
export const binaryAccuracy: Metric = {
  name: "binaryAccuracy",
  check: checkTargetShape,
  compute(target, prediction) {
    const p = prediction.data;
    const hits = target.data.map((t, i) => Number(Number(p[i]! > 0.5) === t));
    return new Tensor(prediction.shape, hits);
  },
};

/** The likeliest class against that of a target with one probability a class. */
export const categoricalAccuracy: Metric = {
  name: "categoricalAccuracy",
  check: checkTargetShape,
  compute: (target, prediction) => classHits(prediction, argmax(target)),
};

/** The likeliest class against class numbers. */
export const sparseCategoricalAccuracy: Metric = {
  name: "sparseCategoricalAccuracy",
  check: checkLabels,
  compute: (target, prediction) => classHits(prediction, target.data),
};

/**
 * Accuracy of the kind that goes with the loss and the shapes, as Keras chooses it: of single probabilities where there is
 * one an element, else of classes, given as one probability each or as numbers.
 */
export function accuracyOf(loss: ModelLoss): Metric {
  const choose = (target: readonly number[], output: readonly number[]): Metric => {
    if (output.at(-1) === 1 || loss.name === "binaryCrossentropy") return binaryAccuracy;
    const numbers = target.length < output.length || target.at(-1) === 1;
    return numbers ? sparseCategoricalAccuracy : categoricalAccuracy;
  };
  return {
    name: "accuracy",
    check: (where, target, output) => choose(target.shape, output).check?.(where, target, output),
    compute: (target, prediction) =>
      choose(target.shape, prediction.shape).compute(target, prediction),
  };
}

/** A metric of one's own: numbers of which the mean is taken, or that mean. */
export type MetricFunction = (target: Tensor, prediction: Tensor) => Tensor | number;

/** A metric of one's own goes by the name of its function. */
export const metricOf = (measure: MetricFunction): Metric => ({
  name: measure.name || "metric",
  compute(target, prediction) {
    const value = measure(target, prediction);
    return typeof value === "number" ? new Tensor([], Float32Array.of(value)) : value;
  },
});
