import {
  checkChoice,
  checkFlag,
  checkNumber,
  checkOptions,
  checkSize,
  kindError,
  valueError,
} from "../core/check.ts";
import type { Tensor } from "../core/tensor.ts";

/** The loss and the metrics by name, "accuracy"; those of validation have "val" before it, "valAccuracy". */
export interface Logs {
  /** The mean over what counts. */
  readonly loss: number;
  readonly [name: string]: number;
}

/** What callbacks can do with the model that is trained. */
export interface Trainee {
  /** Set to true, it ends training after the step at work. */
  stopTraining: boolean;
  /** Copies of the weights, in Keras' order and layout. */
  getWeights(): Tensor[];
  /** Replaces the weights by what `getWeights` gave. Throws a TypeError or RangeError for others; nothing has changed then. */
  setWeights(weights: readonly Tensor[]): void;
}

/** What `fit` is about to do. */
export interface TrainingPlan {
  /** What is trained. */
  readonly model: Trainee;
  /** How many there will be at the most. */
  readonly epochs: number;
  /** Batches an epoch; undefined where they come from elsewhere and nobody knows. */
  readonly batches: number | undefined;
  /** What the logs of an epoch will hold: "loss", "accuracy", "valLoss", ... */
  readonly logs: readonly string[];
}

/** What is called as `fit` goes on. A function that returns a promise is waited for; what it throws ends training. */
export interface Callbacks {
  /** Before the first epoch. */
  onTrainBegin?(plan: TrainingPlan): unknown;
  /** Epochs and batches count from 0. */
  onEpochBegin?(epoch: number): unknown;
  /** Batches count from 0 in each epoch. */
  onBatchBegin?(batch: number): unknown;
  /** The logs are means over the epoch so far. */
  onBatchEnd?(batch: number, logs: Logs): unknown;
  /** The logs are means over the epoch; with those of validation, where there is one. */
  onEpochEnd?(epoch: number, logs: Logs): unknown;
  /** At the end of the last epoch, be it that `stopTraining` made it the last. */
  onTrainEnd?(): unknown;
  /** Instead of `onTrainEnd` where training was aborted by its signal, or by an error. */
  onTrainAbort?(reason: unknown): unknown;
}

/** What early stopping can be given. */
export interface EarlyStoppingOptions {
  /** What to watch: the name of a log. Default "valLoss". */
  readonly monitor?: string | undefined;
  /** A change counts as better from here on. Default 0. */
  readonly minDelta?: number | undefined;
  /** How many epochs in a row may pass without anything better. Default 0. */
  readonly patience?: number | undefined;
  /** Whether less is better, or more. Default "auto": more for accuracies, less for all else. */
  readonly mode?: "auto" | "min" | "max" | undefined;
  /** Whether the weights of the best epoch are put back at the end. Default false. */
  readonly restoreBestWeights?: boolean | undefined;
}

/**
 * Ends training where a log has stopped to get better, as keras.callbacks.EarlyStopping: once `patience` epochs in a row
 * (one, where that is 0) brought nothing better, the first epoch aside. Training that finds no such log does not begin.
 */
export function earlyStopping(options?: EarlyStoppingOptions): Callbacks {
  const where = "callbacks.earlyStopping";
  const {
    monitor = "valLoss",
    minDelta = 0,
    patience = 0,
    mode = "auto",
    restoreBestWeights = false,
  } = checkOptions(where, options, [
    "monitor",
    "minDelta",
    "patience",
    "mode",
    "restoreBestWeights",
  ]);
  if (typeof monitor !== "string") throw kindError(where, "monitor to be a string", monitor);
  checkFlag(where, "restoreBestWeights", restoreBestWeights);
  checkNumber(where, "minDelta", minDelta, 0);
  checkSize(where, "patience", patience, 0);
  const more =
    checkChoice(where, "mode", mode, ["auto", "min", "max"]) === "max" ||
    (mode === "auto" && /acc$|accuracy$/i.test(monitor));
  const sign = more ? -1 : 1;

  let model: Trainee;
  let best: number;
  let waited: number;
  let weights: Tensor[] | undefined;
  return {
    onTrainBegin(plan) {
      if (!plan.logs.includes(monitor))
        throw valueError(where, `monitor to be one of ${plan.logs.join(", ")}`, `"${monitor}"`);
      model = plan.model;
      best = Number.POSITIVE_INFINITY;
      waited = 0;
      weights = undefined;
    },
    onEpochEnd(epoch, logs) {
      const value = sign * logs[monitor]!;
      const better = value + minDelta < best;
      if (restoreBestWeights && (better || !weights)) weights = model.getWeights();
      if (better) best = value;
      waited = better ? 0 : waited + 1;
      if (epoch > 0 && waited > 0 && waited >= patience) model.stopTraining = true;
    },
    onTrainEnd() {
      if (weights) model.setWeights(weights);
    },
  };
}
