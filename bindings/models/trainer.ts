import { formatShape, valueError } from "../core/check.ts";
import { inNewFrame } from "../core/scope.ts";
import { checkTensor, Tensor } from "../core/tensor.ts";
import { mul } from "../ops/arithmetic.ts";
import { mean, sum } from "../ops/reduce.ts";
import type { Logs } from "./callbacks.ts";
import type { Compiled } from "./compile.ts";
import type { Batch } from "./data.ts";
import { type BatchShape, type Flow, formatBatchShape, type Layer } from "./layer.ts";
import type { ModelLoss } from "./losses.ts";
import type { Mask } from "./mask.ts";

/** A layer that knows the size of its input from the start. */
export interface Model extends Layer {
  readonly inputShape: BatchShape;
  stopTraining: boolean;
}

/** The mean of a loss or metric over one batch, and how much it weighs among those of other batches. */
interface Score {
  readonly mean: number;
  readonly weight: number;
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

/**
 * The mean of a loss or metric over the steps that count, as Keras 3 takes it, a scalar; and how many numbers that are.
 * What is a scalar already is left alone.
 */
function meanOf(
  where: string,
  { name, compute }: ModelLoss,
  target: Tensor,
  { x, mask }: Flow,
): { mean: Tensor; count: number } {
  const values = checkTensor(where, `what ${name || "the loss"} returns`, compute(target, x));
  const { shape, size } = values;
  if (shape.length === 0) return { mean: values, count: x.shape[0]! };
  if (!mask) return { mean: mean(values), count: size };
  const weights = stepWeights(where, mask, shape);
  const steps = mask.steps.reduce((n, step) => n + step, 0);
  const count = (steps / mask.steps.length) * size;
  return { mean: mul(sum(mul(values, weights)), count > 0 ? 1 / count : 0), count };
}

/** 1 for steps that count, 0 for the others, to be multiplied with numbers of shape [batch, time, ...]. */
function stepWeights(where: string, mask: Mask, shape: readonly number[]): Tensor {
  const [batch, time, ...rest] = shape;
  if (batch !== mask.batch || time !== mask.time)
    throw valueError(
      where,
      `a loss for each step, [${mask.batch}, ${mask.time}, ...], as steps are masked`,
      `shape ${formatShape(shape)}`,
    );
  const sizes = [batch, time, ...rest.map(() => 1)];
  return new Tensor(sizes, Float32Array.from(mask.steps));
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
    for (const { check } of [loss, ...metrics]) check?.(where, y, shape);
  }

  #scores(where: string, target: Tensor, flow: Flow): Scores {
    return this.#compiled.metrics.map((metric) => {
      const { mean, count } = meanOf(where, metric, target, flow);
      return { mean: mean.item(), weight: count };
    });
  }

  /** One step of training: the scores are those of the weights before it. */
  train(where: string, { x, y }: Batch): Scores {
    const { model } = this;
    const parameters = { ...model.trainableParameters() };
    if (Object.keys(parameters).length === 0)
      throw valueError(where, "a model with weights to train", "none, or frozen ones only");
    const { loss, scores } = this.#compiled.optimizer.minimize(
      () => {
        const flow = model.call({ x }, { training: true });
        const loss = meanOf(where, this.#compiled.loss, y, flow).mean;
        return { loss, scores: this.#scores(where, y, flow) };
      },
      parameters as unknown as Readonly<Record<string, Tensor>>,
    );
    return [{ mean: loss, weight: x.shape[0]! }, ...scores];
  }

  /** How the model does on a batch, without a step. */
  evaluate(where: string, { x, y }: Batch): Scores {
    return inNewFrame(where, undefined, () => {
      const flow = this.model.call({ x }, { training: false });
      const loss = meanOf(where, this.#compiled.loss, y, flow).mean;
      return [{ mean: loss.item(), weight: x.shape[0]! }, ...this.#scores(where, y, flow)];
    });
  }
}

/** Means of the loss and the metrics over batches. */
export class RunningMeans {
  readonly #names: readonly string[];
  readonly #totals: Float64Array;
  readonly #weights: Float64Array;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#totals = new Float64Array(names.length);
    this.#weights = new Float64Array(names.length);
  }

  add(scores: Scores): void {
    scores.forEach(({ mean, weight }, i) => {
      this.#totals[i]! += mean * weight;
      this.#weights[i]! += weight;
    });
  }

  /** The means so far, each name with `prefix` before it: "accuracy", "valAccuracy". */
  logs(prefix = ""): Logs {
    return Object.fromEntries(
      this.#names.map((name, i) => [
        prefixed(prefix, name),
        this.#totals[i]! / (this.#weights[i]! || 1),
      ]),
    ) as Logs;
  }
}

/** "val" and "accuracy" make "valAccuracy". */
export const prefixed = (prefix: string, name: string): string =>
  prefix === "" ? name : `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`;
