import { checkNumber, checkOptions, checkSize, kindError, valueError } from "../core/check.ts";
import { Pauses } from "../models/pause.ts";
import { Optimizer } from "../optim/optimizer.ts";
import { type ContiguousBatches, contiguousBatches } from "./contiguous-batches.ts";

/** How a batch went. Steps and epochs count from 1. */
export interface BatchEnd {
  /** Which epoch it is. */
  readonly epoch: number;
  /** How many there will be. */
  readonly epochs: number;
  /** Which step of the epoch it was. */
  readonly step: number;
  /** Steps an epoch. */
  readonly steps: number;
  /** Mean cross-entropy of the batch, in nats a token. */
  readonly loss: number;
}

/** How an epoch went. */
export interface EpochEnd {
  /** Which one it was, from 1. */
  readonly epoch: number;
  /** How many there will be. */
  readonly epochs: number;
  /** Mean cross-entropy of the epoch, in nats a token, each batch by the weights before its step. */
  readonly loss: number;
  /** That of what was kept apart, by the weights after the epoch; where something was. */
  readonly valLoss?: number;
}

/** What `fit` is given. */
export interface LanguageModelFitOptions {
  /** What changes the weights; its learning rate can be a schedule, or set by a callback. */
  readonly optimizer: Optimizer;
  /** How often to go through the text. Default 1. */
  readonly epochs?: number | undefined;
  /** How many places of the text are read side by side. Default 32. */
  readonly batchSize?: number | undefined;
  /** How many tokens the gradient goes back. Default 64. */
  readonly unroll?: number | undefined;
  /** The part of the text, its end, that is kept apart and evaluated after each epoch: from 0 to 1, without 1. Default 0. */
  readonly validationSplit?: number | undefined;
  /** Called after each step; a promise that it returns is waited for. */
  readonly onBatchEnd?: ((batch: BatchEnd) => unknown) | undefined;
  /** Called after each epoch; a promise that it returns is waited for. */
  readonly onEpochEnd?: ((epoch: EpochEnd) => unknown) | undefined;
  /** Aborted, it ends training after the step at work; `fit` rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What training brought, in nats a token, one number an epoch. */
export interface LanguageModelHistory {
  /** Of what was trained on, each batch by the weights before its step. */
  readonly loss: number[];
  /** Empty where nothing was kept apart. */
  readonly valLoss: number[];
}

const optionNames = [
  "optimizer",
  "epochs",
  "batchSize",
  "unroll",
  "validationSplit",
  "onBatchEnd",
  "onEpochEnd",
  "signal",
] as const;

/** What `fit` was asked to do, checked. */
export interface FitPlan extends LanguageModelFitOptions {
  readonly epochs: number;
  readonly batches: ContiguousBatches;
  readonly held: Int32Array | undefined;
}

/** Reads the arguments of `fit`. Throws where one is wrong; nothing has begun then. */
export function planFit(tokens: Int32Array, options: LanguageModelFitOptions): FitPlan {
  const where = "LanguageModel.fit";
  if (typeof options !== "object") throw kindError(where, "options with an optimizer", options);
  const checked = checkOptions(where, options, optionNames);
  const { optimizer, epochs = 1, batchSize = 32, unroll = 64, validationSplit = 0 } = checked;
  if (!(optimizer instanceof Optimizer)) throw kindError(where, "an optimizer", optimizer);
  for (const name of ["epochs", "batchSize", "unroll"] as const)
    if (checked[name] !== undefined) checkSize(where, name, checked[name]);
  for (const name of ["onBatchEnd", "onEpochEnd"] as const)
    if (checked[name] !== undefined && typeof checked[name] !== "function")
      throw kindError(where, `${name} to be a function`, checked[name]);
  const { signal } = checked;
  if (signal !== undefined && typeof signal?.throwIfAborted !== "function")
    throw kindError(where, "signal to be an AbortSignal", signal);
  checkNumber(where, "validationSplit", validationSplit, 0, 1);
  const at = Math.floor(tokens.length * (1 - validationSplit));
  if (at <= batchSize)
    throw valueError(where, `a text of more than ${batchSize} tokens, batchSize, to train on`, at);
  if (validationSplit > 0 && tokens.length - at < 2)
    throw valueError(where, "validationSplit to keep 2 tokens apart", tokens.length - at);
  return {
    ...checked,
    epochs,
    batches: contiguousBatches(tokens.subarray(0, at), { batchSize, unroll }),
    held: validationSplit > 0 ? tokens.subarray(at) : undefined,
  };
}

/** What is trained: a step at a time, its state kept in between. */
export interface Trainee {
  /** Goes through batches in order from a state of zeros: the loss of each, and how many tokens it had. */
  train(plan: FitPlan): Iterable<Score>;
  /** Goes through a text in order from a state of zeros. */
  evaluate(tokens: Int32Array): Iterable<Score>;
}

/** A mean loss, and of how many tokens. */
export interface Score {
  readonly loss: number;
  readonly count: number;
}

/** The mean of what many batches came to. */
export class MeanLoss {
  #total = 0;
  #count = 0;

  add({ loss, count }: Score): void {
    this.#total += loss * count;
    this.#count += count;
  }

  get value(): number {
    return this.#total / this.#count;
  }
}

/** Trains as planned. Rejects with the reason of an aborted signal, or whatever a callback throws. */
export async function runFit(trainee: Trainee, plan: FitPlan): Promise<LanguageModelHistory> {
  const { epochs, held, onEpochEnd } = plan;
  const history: LanguageModelHistory = { loss: [], valLoss: [] };
  const pauses = new Pauses(plan.signal);
  await pauses.pause();
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const loss = await trainEpoch(trainee, plan, epoch, pauses);
    history.loss.push(loss);
    const valLoss = held && (await validate(trainee.evaluate(held), pauses));
    if (valLoss !== undefined) history.valLoss.push(valLoss);
    await onEpochEnd?.({ epoch, epochs, loss, ...(valLoss !== undefined && { valLoss }) });
  }
  return history;
}

async function trainEpoch(
  trainee: Trainee,
  plan: FitPlan,
  epoch: number,
  pauses: Pauses,
): Promise<number> {
  const { epochs, onBatchEnd, batches } = plan;
  const mean = new MeanLoss();
  let step = 0;
  for (const score of trainee.train(plan)) {
    mean.add(score);
    step++;
    await onBatchEnd?.({ epoch, epochs, step, steps: batches.length, loss: score.loss });
    await pauses.pause();
  }
  return mean.value;
}

async function validate(scores: Iterable<Score>, pauses: Pauses): Promise<number> {
  const mean = new MeanLoss();
  for (const score of scores) {
    mean.add(score);
    await pauses.pause();
  }
  return mean.value;
}
