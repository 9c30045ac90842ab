import type { Callbacks, Logs } from "./callbacks.ts";
import { Pauses } from "./pause.ts";
import type { Plan } from "./plan.ts";
import { prefixed } from "./trainer.ts";

/** What training brought, one number an epoch: `history.loss`, `history.accuracy`, `history.valLoss`, ... */
export interface History {
  /** The epochs' numbers, from 0. */
  readonly epoch: number[];
  /** The mean loss of each epoch. */
  readonly loss: number[];
  readonly [name: string]: number[];
}

/** Calls one of the functions of each callback in turn, and waits for those that return a promise. */
async function tell(
  callbacks: readonly Callbacks[],
  call: (callback: Callbacks) => unknown,
): Promise<void> {
  for (const callback of callbacks) await call(callback);
}

/** Trains as planned. Rejects with the reason of an aborted signal, or whatever a callback or an iterable throws. */
export async function runFit(plan: Plan): Promise<History> {
  const { callbacks, trainer, training, validation, epochs } = plan;
  const { model, names } = trainer;
  const logs = validation ? [...names, ...names.map((name) => prefixed("val", name))] : names;
  const history: History = { epoch: [], loss: [] };
  const pauses = new Pauses(plan.signal);
  model.stopTraining = false;
  await pauses.pause();
  try {
    const begin = { model, epochs, batches: training.batches, logs };
    await tell(callbacks, (callback) => callback.onTrainBegin?.(begin));
    for (let epoch = 0; epoch < epochs && !model.stopTraining; epoch++) {
      await tell(callbacks, (callback) => callback.onEpochBegin?.(epoch));
      const logs = { ...(await trainEpoch(plan, pauses)), ...(await validate(plan, pauses)) };
      append(history, epoch, logs);
      await tell(callbacks, (callback) => callback.onEpochEnd?.(epoch, logs));
    }
    await tell(callbacks, (callback) => callback.onTrainEnd?.());
  } catch (reason) {
    await tellOfAbort(callbacks, reason);
    const closing = closeAll(plan);
    if (!pauses.stalled) await closing;
    throw reason;
  }
  const failed = (await closeAll(plan)).find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return history;
}

/** Tells every callback; the first reason stands, whatever one of them throws now. */
async function tellOfAbort(callbacks: readonly Callbacks[], reason: unknown): Promise<void> {
  for (const callback of callbacks)
    await Promise.allSettled([tell([callback], (one) => one.onTrainAbort?.(reason))]);
}

/** Lets go of passes under way, of the second one also where the first fails to. */
const closeAll = ({ training, validation }: Plan): Promise<PromiseSettledResult<void>[]> =>
  Promise.allSettled([training.close(), validation?.close()]);

async function trainEpoch(plan: Plan, pauses: Pauses): Promise<Logs> {
  const { where, callbacks, trainer, training } = plan;
  const means = trainer.means();
  let index = 0;
  for await (const batch of pauses.batches(training.epoch())) {
    await pauses.pause();
    await tell(callbacks, (callback) => callback.onBatchBegin?.(index));
    means.add(trainer.train(where, batch));
    const logs = means.logs();
    await tell(callbacks, (callback) => callback.onBatchEnd?.(index, logs));
    index++;
    if (trainer.model.stopTraining) break;
  }
  await pauses.pause();
  return means.logs();
}

async function validate(
  { where, trainer, validation }: Plan,
  pauses: Pauses,
): Promise<Logs | undefined> {
  if (!validation) return undefined;
  const means = trainer.means();
  for await (const batch of pauses.batches(validation.epoch())) {
    await pauses.pause();
    means.add(trainer.evaluate(where, batch));
  }
  return means.logs("val");
}

function append(history: History, epoch: number, logs: Logs): void {
  history.epoch.push(epoch);
  for (const [name, value] of Object.entries(logs)) {
    const values = history[name];
    if (values) values.push(value);
    else (history as Record<string, number[]>)[name] = [value];
  }
}
