import { formatShape, valueError } from "../core/check.ts";
import { inNewFrame } from "../core/scope.ts";
import type { Tensor } from "../core/tensor.ts";
import { addTallies, noTally, type Tally } from "../metrics.ts";
import { mul } from "../ops/arithmetic.ts";
import { mean, sum } from "../ops/reduce.ts";
import type { Logs } from "./callbacks.ts";
import type { Compiled } from "./compile.ts";
import { countedValues } from "./counted.ts";
import { type Batch, countOf } from "./data.ts";
import { type BatchShape, type Flow, formatBatchShape, type Layer } from "./layer.ts";
import type { ModelLoss } from "./losses.ts";
import type { Metric } from "./metrics.ts";
import { alignTarget } from "./targets.ts";

/** A layer that knows the size of its input from the start. */
export interface Model extends Layer {
  readonly inputShape: BatchShape;
  stopTraining: boolean;
}

/** How a batch went: the loss, then each metric. */
type Scores = readonly Tally[];

/** Runs something; where that throws, what layers keep from batch to batch is as it was. */
export function restoringStates<T>(model: Layer, run: () => T): T {
  const saved = model.saveStates();
  try {
    return run();
  } catch (error) {
    model.loadStates(saved);
    throw error;
  }
}

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
  model.checkInput(where, x);
  if (batch === null) return;
  const expected = `batches of ${batch} samples, as batchInputShape says`;
  if (batchSize !== batch) throw valueError(where, expected, `batches of ${batchSize}`);
  if (samples! % batch !== 0) throw valueError(where, expected, `${samples} samples in all`);
}

/** The mean over the steps that count, as Keras 3 takes it: 0 where none does. */
function meanLoss(where: string, loss: ModelLoss, target: Tensor, flow: Flow): Tensor {
  const { values, count } = countedValues(where, loss, target, flow);
  if (count === values.size) return mean(values);
  return mul(sum(values), count > 0 ? 1 / count : 0);
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

  /** Of no batch yet. */
  means(): RunningMeans {
    return new RunningMeans([{ name: "loss" }, ...this.#compiled.metrics]);
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
      scores: metrics.map((metric) => metric.tally(where, target, flow)),
    };
  }

  /** One step of training: the scores are those of the weights before it. */
  train(where: string, batch: Batch): Scores {
    const parameters = Object.fromEntries(this.model.trainableParameters().entries());
    if (Object.keys(parameters).length === 0)
      throw valueError(where, "a model with weights to train", "none, or frozen ones only");
    const run = (): { loss: Tensor; scores: Scores } => this.#run(where, batch, true);
    return restoringStates(this.model, () => {
      const { loss, scores } = this.#compiled.optimizer.minimize(run, parameters);
      return withLoss(batch, loss, scores);
    });
  }

  /** How the model does on a batch, without a step. */
  evaluate(where: string, batch: Batch): Scores {
    return restoringStates(this.model, () =>
      inNewFrame(where, undefined, () => {
        const { loss, scores } = this.#run(where, batch, false);
        return withLoss(batch, loss.item(), scores);
      }),
    );
  }
}

/** The loss is weighed by the number of samples, as Keras weighs it, masked or not. */
const withLoss = (batch: Batch, loss: number, scores: Scores): Scores => [
  { total: loss * countOf(batch), count: countOf(batch) },
  ...scores,
];

/** What a mean goes by, and what is made of it. */
type Measure = Pick<Metric, "name" | "finish">;

/** Means of the loss and the metrics over batches. */
export class RunningMeans {
  readonly #measures: readonly Measure[];
  #tallies: Scores;

  constructor(measures: readonly Measure[]) {
    this.#measures = measures;
    this.#tallies = measures.map(() => noTally);
  }

  add(scores: Scores): void {
    this.#tallies = this.#tallies.map((tally, i) => addTallies(tally, scores[i]!));
  }

  /** The means so far, each name with `prefix` before it. Of nothing it is 0. */
  logs(prefix = ""): Logs {
    const values = this.#measures.map(({ name, finish }, i) => {
      const { total, count } = this.#tallies[i]!;
      const mean = total / (count || 1);
      return [prefixed(prefix, name), finish ? finish(mean) : mean];
    });
    return Object.fromEntries(values) as Record<string, number> & Logs;
  }
}

/** "val" and "accuracy" make "valAccuracy". */
export const prefixed = (prefix: string, name: string): string =>
  prefix === "" ? name : `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`;
