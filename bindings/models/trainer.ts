import { formatShape, valueError } from "../core/check.ts";
import { inNewFrame } from "../core/scope.ts";
import { checkTensor, sizeOf, Tensor } from "../core/tensor.ts";
import { mul } from "../ops/arithmetic.ts";
import { mean, sum } from "../ops/reduce.ts";
import type { Logs } from "./callbacks.ts";
import type { Compiled } from "./compile.ts";
import { type Batch, countOf } from "./data.ts";
import { type BatchShape, type Flow, formatBatchShape, type Layer } from "./layer.ts";
import type { ModelLoss } from "./losses.ts";
import type { Mask } from "./mask.ts";
import type { Metric } from "./metrics.ts";
import { alignTarget } from "./targets.ts";

/** A layer that knows the size of its input from the start. */
export interface Model extends Layer {
  readonly inputShape: BatchShape;
  stopTraining: boolean;
}

/** A sum and of how many: the sums of several batches add up to that of all. */
interface Score {
  readonly total: number;
  readonly count: number;
}

/** How a batch went: the loss, then each metric. */
type Scores = readonly Score[];

/** Throws a RangeError for samples that the model does not take, in batches of such a size. */
export function checkSamples(where: string, model: Model, x: Tensor, batchSize: number): void {
  const [batch = null, ...wanted] = model.inputShape;
  const [samples, ...sizes] = x.shape;
  const fits =
    sizes.length === wanted.length && wanted.every((n, i) => n === null || n === sizes[i]);
  if (!fits)
    throw valueError(
      where,
      `x of shape ${formatBatchShape(model.inputShape)}`,
      formatShape(x.shape),
    );
  if (batch === null) return;
  const expected = `batches of ${batch} samples, as batchInputShape says`;
  if (batchSize !== batch) throw valueError(where, expected, `batches of ${batchSize}`);
  if (samples! % batch !== 0) throw valueError(where, expected, `${samples} samples in all`);
}

/** What a loss or metric says of the steps that count, 0 for the others; and how many numbers count. */
function countedValues(
  where: string,
  { name, compute }: ModelLoss,
  target: Tensor,
  { x, mask }: Flow,
): { values: Tensor; count: number } {
  const values = checkTensor(where, `what ${name || "the loss"} returns`, compute(target, x));
  const { shape, size } = values;
  if (!mask || shape.length === 0) return { values, count: size };
  const steps = mask.steps.reduce((n, step) => n + step, 0);
  const count = (size / mask.steps.length) * steps;
  return { values: mul(values, stepWeights(where, mask, shape)), count };
}

/** The mean over the steps that count, as Keras 3 takes it: 0 where none does. */
function meanLoss(where: string, loss: ModelLoss, target: Tensor, flow: Flow): Tensor {
  const { values, count } = countedValues(where, loss, target, flow);
  if (count === values.size) return mean(values);
  return mul(sum(values), count > 0 ? 1 / count : 0);
}

/** A metric that is a mean already counts for each sample. */
function scoreOf(where: string, metric: Metric, target: Tensor, flow: Flow): Score {
  const { values, count } = countedValues(where, metric, target, flow);
  const weight = values.shape.length === 0 ? flow.x.shape[0]! : 1;
  return { total: sum(values).item() * weight, count: count * weight };
}

/** 1 where a step counts, 0 elsewhere, for numbers of shape [batch, time, ...]. */
function stepWeights(where: string, mask: Mask, shape: readonly number[]): Tensor {
  const [batch, time, ...rest] = shape;
  if (batch !== mask.batch || time !== mask.time)
    throw valueError(
      where,
      `a loss for each step, [${mask.batch}, ${mask.time}, ...], as steps are masked`,
      `shape ${formatShape(shape)}`,
    );
  const inner = sizeOf(rest);
  const weights = new Float32Array(mask.steps.length * inner);
  mask.steps.forEach((step, i) => {
    if (step) weights.fill(1, i * inner, (i + 1) * inner);
  });
  return new Tensor(shape, weights);
}

/** A model and what it was compiled with: what `fit`, `trainOnBatch` and `evaluate` do with one batch. */
export class Trainer {
  readonly model: Model;
  readonly #compiled: Compiled;

  constructor(model: Model, compiled: Compiled) {
    this.model = model;
    this.#compiled = compiled;
  }

  /** Names of the loss and the metrics, in order. */
  get names(): readonly string[] {
    return ["loss", ...this.#compiled.metrics.map(({ name }) => name)];
  }

  /** Throws a RangeError where samples or targets do not go with the model, before anything changes. */
  check(where: string, { x, y }: Batch, batchSize: number = x.shape[0]!): void {
    const { model } = this;
    checkSamples(where, model, x, batchSize);
    const [samples, ...sizes] = x.shape as readonly [number, ...number[]];
    const output = model.shapeAfter([batchSize, ...sizes]).slice(1);
    const shape = [samples, ...(output as number[])];
    const { loss, metrics } = this.#compiled;
    const target = alignTarget(y, shape);
    for (const { check } of [loss, ...metrics]) check?.(where, target, shape);
  }

  /** The model's loss for a batch and, as numbers, how the metrics see it. */
  #run(where: string, { x, y }: Batch, training: boolean): { loss: Tensor; scores: Scores } {
    const { loss, metrics } = this.#compiled;
    const flow = this.model.call({ x }, { training });
    const target = alignTarget(y, flow.x.shape);
    return {
      loss: meanLoss(where, loss, target, flow),
      scores: metrics.map((metric) => scoreOf(where, metric, target, flow)),
    };
  }

  /** One step of training: the scores are those of the weights before it. */
  train(where: string, batch: Batch): Scores {
    const parameters = Object.fromEntries(this.model.trainableParameters().entries());
    if (Object.keys(parameters).length === 0)
      throw valueError(where, "a model with weights to train", "none, or frozen ones only");
    const run = (): { loss: Tensor; scores: Scores } => this.#run(where, batch, true);
    const { loss, scores } = this.#compiled.optimizer.minimize(run, parameters);
    return withLoss(batch, loss, scores);
  }

  /** How the model does on a batch, without a step. */
  evaluate(where: string, batch: Batch): Scores {
    return inNewFrame(where, undefined, () => {
      const { loss, scores } = this.#run(where, batch, false);
      return withLoss(batch, loss.item(), scores);
    });
  }
}

/** The loss is weighed by the number of samples, as Keras weighs it, masked or not. */
const withLoss = (batch: Batch, loss: number, scores: Scores): Scores => [
  { total: loss * countOf(batch), count: countOf(batch) },
  ...scores,
];

/** Means of the loss and the metrics over batches. */
export class RunningMeans {
  readonly #names: readonly string[];
  readonly #totals: Float64Array;
  readonly #counts: Float64Array;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#totals = new Float64Array(names.length);
    this.#counts = new Float64Array(names.length);
  }

  add(scores: Scores): void {
    scores.forEach(({ total, count }, i) => {
      this.#totals[i]! += total;
      this.#counts[i]! += count;
    });
  }

  /** The means so far, each name with `prefix` before it. Of nothing it is 0. */
  logs(prefix = ""): Logs {
    const mean = (i: number): number => this.#totals[i]! / (this.#counts[i]! || 1);
    return Object.fromEntries(
      this.#names.map((name, i) => [prefixed(prefix, name), mean(i)]),
    ) as Record<string, number> & Logs;
  }
}

/** "val" and "accuracy" make "valAccuracy". */
export const prefixed = (prefix: string, name: string): string =>
  prefix === "" ? name : `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`;
