import {
  checkFlag,
  checkNumber,
  checkOptions,
  checkSize,
  kindError,
  valueError,
} from "../core/check.ts";
import { Tensor } from "../core/tensor.ts";
import type { Callbacks } from "./callbacks.ts";
import {
  type Batch,
  type BatchData,
  type Batches,
  countOf,
  isData,
  readPair,
  splitAt,
  toBatchInTurns,
} from "./data.ts";
import { checkSignal } from "./pause.ts";
import { fromBatches, fromData, Supply } from "./supply.ts";
import type { Trainer } from "./trainer.ts";

/** What `fit` can be given with batches. */
export interface FitBatchesOptions {
  /** How often to go through the data. Default 1. */
  readonly epochs?: number | undefined;
  /** What is called as training goes on: one object or several, in order. */
  readonly callbacks?: Callbacks | readonly Callbacks[] | undefined;
  /** Aborted, it ends training after the step at work, or at once while a batch is waited for; `fit` rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** What to evaluate the model on after each epoch: `[x, y]`, `{ x, y }`, or batches of tensors. */
  readonly validationData?: BatchData | Batches | (() => Batches) | undefined;
  /** How many batches make an epoch; the next one goes on from there. By default one pass through the data. */
  readonly stepsPerEpoch?: number | undefined;
}

/** What `fit` can be given with x and y. */
export interface FitOptions extends FitBatchesOptions {
  /** Samples a batch. Default 32, or the model's own fixed batch size. The last batch has what is left. */
  readonly batchSize?: number | undefined;
  /** Whether each epoch goes through the samples in another order. Default true; stateful layers want false. */
  readonly shuffle?: boolean | undefined;
  /** For those orders: the same seed gives the same ones in every engine. */
  readonly seed?: number | undefined;
  /** The part of the samples, the last of them, that is kept apart to evaluate the model on: from 0 to 1, without 1. */
  readonly validationSplit?: number | undefined;
}

const sharedNames = [
  "epochs",
  "callbacks",
  "signal",
  "validationData",
  "stepsPerEpoch",
] as const satisfies readonly (keyof FitBatchesOptions)[];

const callbackNames = [
  "onTrainBegin",
  "onEpochBegin",
  "onBatchBegin",
  "onBatchEnd",
  "onEpochEnd",
  "onTrainEnd",
  "onTrainAbort",
] as const satisfies readonly (keyof Callbacks)[];

/** Everything that `fit` was asked to do, checked. */
export interface Plan {
  readonly where: string;
  readonly trainer: Trainer;
  readonly epochs: number;
  readonly callbacks: readonly Callbacks[];
  readonly signal: AbortSignal | undefined;
  readonly training: Supply;
  readonly validation: Supply | undefined;
}

/** Reads the arguments of `fit(x, y, options)` or `fit(batches, options)`. Throws where one is wrong; nothing has begun then. */
export async function planFit(
  where: string,
  trainer: Trainer,
  args: readonly unknown[],
): Promise<Plan> {
  const [first, second] = args;
  if (first instanceof Tensor || !mayBeOptions(second))
    return planData(
      where,
      trainer,
      await toBatchInTurns(where, first, second),
      args[2] as FitOptions,
    );
  const options = checkOptions(where, second as FitBatchesOptions | undefined, sharedNames);
  const source = fromBatches(where, trainer, first as Batches);
  return {
    ...planShared(where, trainer, options),
    training: new Supply(where, source, options.stepsPerEpoch),
    validation: await planValidation(
      where,
      trainer,
      options.validationData,
      defaultBatchSize(trainer),
    ),
  };
}

/** What stands behind batches, rather than behind x. */
const mayBeOptions = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Tensor));

const defaultBatchSize = ({ model }: Trainer): number => model.inputShape[0] ?? 32;

async function planData(
  where: string,
  trainer: Trainer,
  data: Batch,
  given?: FitOptions,
): Promise<Plan> {
  const options = checkOptions(where, given, [
    ...sharedNames,
    "batchSize",
    "shuffle",
    "seed",
    "validationSplit",
  ]);
  const { batchSize = defaultBatchSize(trainer), shuffle = true, seed, stepsPerEpoch } = options;
  checkSize(where, "batchSize", batchSize);
  checkFlag(where, "shuffle", shuffle);
  const [used, kept] = splitOff(where, data, options);
  const source = fromData(where, trainer, used, batchSize, shuffle ? { seed } : undefined);
  return {
    ...planShared(where, trainer, options),
    training: new Supply(where, source, stepsPerEpoch),
    validation: await planValidation(where, trainer, kept ?? options.validationData, batchSize),
  };
}

/** What both forms of `fit` can be given. */
function planShared(
  where: string,
  trainer: Trainer,
  { epochs = 1, callbacks = [], signal, stepsPerEpoch }: FitBatchesOptions,
): Omit<Plan, "training" | "validation"> {
  checkSize(where, "epochs", epochs);
  if (stepsPerEpoch !== undefined) checkSize(where, "stepsPerEpoch", stepsPerEpoch);
  checkSignal(where, signal);
  const list = [callbacks].flat();
  for (const one of list) checkCallbacks(where, one);
  return { where, trainer, epochs, callbacks: list, signal };
}

/** A misspelt name would never be called, and nobody would know. */
function checkCallbacks(where: string, callbacks: Callbacks): void {
  if (typeof callbacks !== "object" || callbacks === null)
    throw kindError(where, "callbacks to be objects", callbacks);
  for (const name of Object.keys(callbacks))
    if (/^on[A-Z]/.test(name) && !callbackNames.includes(name as keyof Callbacks))
      throw new TypeError(
        `${where}: expected callbacks out of ${callbackNames.join(", ")}, got ${name}`,
      );
  if (!callbackNames.some((name) => typeof callbacks[name] === "function"))
    throw kindError(where, `callbacks with one of ${callbackNames.join(", ")}`, callbacks);
}

/** The samples to train on, and with `validationSplit` the last of them, which are kept apart. */
function splitOff(
  where: string,
  data: Batch,
  { validationSplit = 0, validationData }: FitOptions,
): [used: Batch, kept?: Batch] {
  checkNumber(where, "validationSplit", validationSplit, 0);
  if (validationSplit >= 1) throw valueError(where, "validationSplit below 1", validationSplit);
  if (validationSplit === 0) return [data];
  if (validationData !== undefined)
    throw new TypeError(`${where}: expected validationSplit or validationData, got both`);
  const samples = countOf(data);
  const at = Math.floor(samples * (1 - validationSplit));
  if (at === 0 || at === samples)
    throw valueError(
      where,
      "validationSplit to leave samples on both sides",
      `${validationSplit} of ${samples}`,
    );
  return splitAt(data, at);
}

async function planValidation(
  where: string,
  trainer: Trainer,
  given: FitOptions["validationData"],
  batchSize: number,
): Promise<Supply | undefined> {
  if (given === undefined) return undefined;
  const name = `${where} (validationData)`;
  const isPair =
    typeof given === "object" &&
    given !== null &&
    ("x" in given || (Array.isArray(given) && given.length === 2 && isData(given[0])));
  const source = isPair
    ? fromData(name, trainer, await toBatchInTurns(name, ...readPair(name, given)), batchSize)
    : fromBatches(name, trainer, given as Batches | (() => Batches));
  return new Supply(name, source);
}
