import { kindError } from "../core/check.ts";
import * as metrics from "../metrics.ts";
import { categoricalCrossEntropy, sparseCategoricalCrossEntropy } from "../ops/categorical.ts";
import { crossEntropy } from "../ops/cross-entropy.ts";
import { binaryCrossEntropy, huber, mae, mse } from "../ops/element-loss.ts";
import { sequenceLoss } from "../ops/sequence-loss.ts";
import * as losses from "./losses.ts";

/** A function of this package that a model cannot take, by its name, and what to take instead. */
type Advice = readonly [operation: unknown, name: string, instead: string];

/** Functions of prediction and target, in this order: a model, which hands over the target first, would swap them. */
const lossOperations = (): readonly Advice[] => [
  [mse, "mse", "losses.meanSquaredError()"],
  [mae, "mae", "losses.meanAbsoluteError()"],
  [huber, "huber", "losses.huber()"],
  [binaryCrossEntropy, "binaryCrossEntropy", "losses.binaryCrossentropy()"],
  [categoricalCrossEntropy, "categoricalCrossEntropy", "losses.categoricalCrossentropy()"],
  [
    sparseCategoricalCrossEntropy,
    "sparseCategoricalCrossEntropy",
    "losses.sparseCategoricalCrossentropy()",
  ],
  [crossEntropy, "crossEntropy", "losses.sparseCategoricalCrossentropy({ fromLogits: true })"],
  [sequenceLoss, "sequenceLoss", "losses.sparseCategoricalCrossentropy({ fromLogits: true })"],
];

const metricOperations = (): readonly Advice[] => [
  [metrics.accuracy, "accuracy", '"accuracy"'],
  [metrics.binaryAccuracy, "binaryAccuracy", '"binaryAccuracy"'],
  [metrics.categoricalAccuracy, "categoricalAccuracy", '"categoricalAccuracy"'],
  [metrics.sparseCategoricalAccuracy, "sparseCategoricalAccuracy", '"sparseCategoricalAccuracy"'],
];

// Written out, since bundlers keep a namespace that is asked for its entries, and everything in it (10 KB gzip of an LSTM's 28).
const lossMakers = (): readonly (readonly [name: string, make: unknown])[] => [
  ["meanSquaredError", losses.meanSquaredError],
  ["meanAbsoluteError", losses.meanAbsoluteError],
  ["huber", losses.huber],
  ["binaryCrossentropy", losses.binaryCrossentropy],
  ["categoricalCrossentropy", losses.categoricalCrossentropy],
  ["sparseCategoricalCrossentropy", losses.sparseCategoricalCrossentropy],
];

/** Throws a TypeError for an operation of this package, whose arguments come in another order than a model's. */
export function checkOwnFunction(where: string, what: string, value: unknown): void {
  const found = [...lossOperations(), ...metricOperations()].find(([f]) => f === value);
  if (found)
    throw new TypeError(
      `${where}: expected ${what} that takes the target first, got ${found[1]}, which takes the prediction first: take ${found[2]}`,
    );
  const maker = lossMakers().find(([, f]) => f === value);
  if (maker) throw kindError(where, `${what}, which losses.${maker[0]}() makes (call it)`, value);
}
