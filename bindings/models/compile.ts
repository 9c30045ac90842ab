import { checkOptions, describe, kindError, valueError } from "../core/check.ts";
import { Adagrad } from "../optim/adagrad.ts";
import { Adam } from "../optim/adam.ts";
import { AdamW } from "../optim/adamw.ts";
import { Optimizer } from "../optim/optimizer.ts";
import { RMSprop } from "../optim/rmsprop.ts";
import { SGD } from "../optim/sgd.ts";
import type { LossFunction, ModelLoss } from "./losses.ts";
import * as losses from "./losses.ts";
import {
  accuracyOf,
  binaryAccuracy,
  categoricalAccuracy,
  type Metric,
  type MetricFunction,
  metricOf,
  metricOfLoss,
  perplexityOf,
  sparseCategoricalAccuracy,
} from "./metrics.ts";
import { checkOwnFunction } from "./mistaken.ts";

/** An optimizer by name has Keras' defaults. */
export type OptimizerName = "adagrad" | "adam" | "adamw" | "rmsprop" | "sgd";

/** A loss by name, or by a short one that Keras knows too. Case does not count. */
export type LossName = TableName | `${"binary" | "categorical" | "sparseCategorical"}CrossEntropy`;

/** A loss as the table has it. */
type TableName =
  | "meanSquaredError"
  | "mse"
  | "meanAbsoluteError"
  | "mae"
  | "huber"
  | "binaryCrossentropy"
  | "categoricalCrossentropy"
  | "sparseCategoricalCrossentropy";

/**
 * A metric by name. "accuracy" (or "acc") is the kind that goes with the loss and the shapes; "perplexity" is e^loss of a
 * cross-entropy of classes.
 */
export type MetricName =
  | "accuracy"
  | "acc"
  | "binaryAccuracy"
  | "categoricalAccuracy"
  | "sparseCategoricalAccuracy"
  | "perplexity"
  | LossName;

const optimizers: { readonly [N in OptimizerName]: () => Optimizer } = {
  adagrad: () =>
    new Adagrad({
      learningRate: 1e-3,
      initialAccumulator: 0.1,
      epsilon: 1e-7,
      epsilonInRoot: true,
    }),
  adam: () => new Adam({ epsilon: 1e-7, epsilonHat: true }),
  adamw: () => new AdamW({ weightDecay: 4e-3, epsilon: 1e-7, epsilonHat: true }),
  rmsprop: () =>
    new RMSprop({ learningRate: 1e-3, alpha: 0.9, epsilon: 1e-7, epsilonInRoot: true }),
  sgd: () => new SGD(),
};

const lossTable: { readonly [N in TableName]: () => ModelLoss } = {
  meanSquaredError: losses.meanSquaredError,
  mse: losses.meanSquaredError,
  meanAbsoluteError: losses.meanAbsoluteError,
  mae: losses.meanAbsoluteError,
  huber: () => losses.huber(),
  binaryCrossentropy: losses.binaryCrossentropy,
  categoricalCrossentropy: losses.categoricalCrossentropy,
  sparseCategoricalCrossentropy: losses.sparseCategoricalCrossentropy,
};

/** Metrics by name, for a model with such a loss. */
function metricTable(
  where: string,
  loss: ModelLoss,
): { readonly [N in TableName | Exclude<MetricName, LossName>]: () => Metric } {
  const ofLosses = Object.entries(lossTable).map(([name, make]) => [
    name,
    () => metricOfLoss(make()),
  ]);
  return {
    accuracy: () => accuracyOf(loss),
    acc: () => accuracyOf(loss),
    binaryAccuracy: () => binaryAccuracy,
    categoricalAccuracy: () => categoricalAccuracy,
    sparseCategoricalAccuracy: () => sparseCategoricalAccuracy,
    perplexity: () => perplexityOf(where, loss),
    ...(Object.fromEntries(ofLosses) as { readonly [N in TableName]: () => Metric }),
  };
}

/** What a model is compiled with. */
export interface CompileOptions {
  /** An optimizer, or the name of one, which has Keras' defaults then. */
  readonly optimizer: Optimizer | OptimizerName;
  /** A name, a loss with options such as `losses.huber({ delta: 2 })`, or a function of target and prediction. */
  readonly loss: LossName | ModelLoss | LossFunction;
  /** What else is reported: names, losses, or functions, which go by their own names. */
  readonly metrics?: readonly (MetricName | ModelLoss | MetricFunction)[] | undefined;
}

/** What a model was compiled with. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: ModelLoss;
  readonly metrics: readonly Metric[];
}

/** A name as it is compared: Keras writes `categorical_crossentropy`, the operation is `categoricalCrossEntropy`. */
const plain = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** What stands under a name, however its words are set off. Throws a RangeError that lists the names there are. */
function lookUp<T>(
  where: string,
  what: string,
  table: Readonly<Record<string, T>>,
  name: string,
): T {
  const names = Object.keys(table);
  const known = names.find((one) => plain(one) === plain(name));
  if (known === undefined)
    throw valueError(where, `${what} to be one of ${names.join(", ")}`, describe(name));
  return table[known]!;
}

const isLoss = (value: unknown): value is ModelLoss =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as ModelLoss).name === "string" &&
  typeof (value as ModelLoss).compute === "function";

function resolveOptimizer(where: string, value: unknown): Optimizer {
  if (value instanceof Optimizer) return value;
  if (typeof value !== "string")
    throw kindError(
      where,
      "optimizer to be an optimizer, such as new Adam(), or the name of one",
      value,
    );
  return lookUp(where, "optimizer", optimizers, value)();
}

function resolveLoss(where: string, value: unknown): ModelLoss {
  if (isLoss(value)) return value;
  checkOwnFunction(where, "a loss", value);
  if (typeof value === "function") return { name: value.name, compute: value as LossFunction };
  if (typeof value !== "string")
    throw kindError(where, "loss to be a name, a loss or a function", value);
  return lookUp(where, "loss", lossTable, value)();
}

function resolveMetric(where: string, value: unknown, loss: ModelLoss): Metric {
  if (isLoss(value)) return metricOfLoss(value);
  checkOwnFunction(where, "every metric to be a function", value);
  if (typeof value === "function") return metricOf(value as MetricFunction);
  if (typeof value !== "string")
    throw kindError(where, "every metric to be a name, a loss or a function", value);
  return { ...lookUp(where, "every metric", metricTable(where, loss), value)(), name: value };
}

/** Makes sure of what a model is to be compiled with. */
export function resolveCompile(where: string, options: CompileOptions): Compiled {
  const checked = checkOptions(where, options, ["optimizer", "loss", "metrics"]);
  const optimizer = resolveOptimizer(where, checked.optimizer);
  const loss = resolveLoss(where, checked.loss);
  if (checked.metrics !== undefined && !Array.isArray(checked.metrics))
    throw kindError(where, "metrics to be an array", checked.metrics);
  const metrics = (checked.metrics ?? []).map((metric) => resolveMetric(where, metric, loss));
  const names = ["epoch", "loss", ...metrics.map(({ name }) => name)];
  for (const name of names)
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw valueError(where, "every metric to have a name of its own", `two called "${name}"`);
  return { optimizer, loss, metrics };
}
