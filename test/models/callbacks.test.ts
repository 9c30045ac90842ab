import {
  type Callbacks,
  callbacks,
  type EarlyStoppingOptions,
  type Logs,
  type Tensor,
} from "gatewise";
import { expect, test } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import { regressionData, regressor, weightsOf } from "./support.ts";

function compiled() {
  const model = regressor();
  model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"] });
  return model;
}

describeKernelSets("callbacks", () => {
  test("are called in order, each waited for", async () => {
    const calls: string[] = [];
    const noted = (who: string): Callbacks => {
      const note = async (what: string) => {
        await Promise.resolve();
        calls.push(`${who} ${what}`);
      };
      return {
        onTrainBegin: ({ epochs, batches, logs }) => note(`begins ${epochs} × ${batches}: ${logs}`),
        onEpochBegin: (epoch) => note(`epoch ${epoch}`),
        onBatchBegin: (batch) => note(`batch ${batch}`),
        onBatchEnd: (batch, logs) => note(`batch ${batch} done: ${Object.keys(logs)}`),
        onEpochEnd: (epoch, logs) => note(`epoch ${epoch} done: ${Object.keys(logs)}`),
        onTrainEnd: () => note("ends"),
        onTrainAbort: () => note("is aborted"),
      };
    };
    const data = regressionData(6);
    const options = { batchSize: 4, epochs: 2, validationData: data };
    await compiled().fit(data.x, data.y, { ...options, callbacks: [noted("a"), noted("b")] });
    const epoch = (n: number) => [
      `epoch ${n}`,
      "batch 0",
      "batch 0 done: loss,mae",
      "batch 1",
      "batch 1 done: loss,mae",
      `epoch ${n} done: loss,mae,valLoss,valMae`,
    ];
    const all = ["begins 2 × 2: loss,mae,valLoss,valMae", ...epoch(0), ...epoch(1), "ends"];
    expect(calls).toEqual(all.flatMap((call) => [`a ${call}`, `b ${call}`]));
  });

  test("keep their this, and see means over the epoch so far", async () => {
    class Recorder implements Callbacks {
      readonly seen: number[] = [];
      onBatchEnd(_: number, { loss }: Logs) {
        this.seen.push(loss);
      }
    }
    const { x, y } = regressionData(10);
    const recorder = new Recorder();
    const history = await compiled().fit(x, y, {
      batchSize: 4,
      shuffle: false,
      callbacks: recorder,
    });
    const byHand = compiled();
    let total = 0;
    for (const [i, [from, to]] of [
      [0, 4],
      [4, 8],
      [8, 10],
    ].entries()) {
      const part = (d: Tensor) => d.slice([from!, 0], [to! - from!, -1]);
      total += byHand.trainOnBatch(part(x as Tensor), part(y as Tensor)).loss * (to! - from!);
      expect(recorder.seen[i]).toBeCloseTo(total / to!, 6);
    }
    expect(history.loss).toEqual([recorder.seen[2]]);
  });

  test("stopTraining ends it after the step at work; the next fit begins anew", async () => {
    const { x, y } = regressionData(10);
    const model = compiled();
    const seen: string[] = [];
    const history = await model.fit(x, y, {
      batchSize: 2,
      epochs: 3,
      callbacks: {
        onBatchEnd(batch) {
          seen.push(`batch ${batch}`);
          if (seen.length === 7) model.stopTraining = true;
        },
        onEpochEnd: (epoch) => seen.push(`epoch ${epoch}`),
        onTrainEnd: () => seen.push("end"),
      },
    });
    expect(seen.slice(5)).toEqual(["epoch 0", "batch 0", "epoch 1", "end"]);
    expect(history.loss.length).toBe(2);
    expect((await model.fit(x, y, { epochs: 2 })).loss.length).toBe(2);
  });

  test("what one throws ends training, and the others are told", async () => {
    const { x, y } = regressionData(10);
    const told: unknown[] = [];
    const failing: Callbacks = {
      onEpochEnd: () => Promise.reject(new Error("mine")),
      onTrainEnd: () => told.push("end"),
    };
    const other: Callbacks = { onTrainAbort: (reason) => told.push((reason as Error).message) };
    const running = compiled().fit(x, y, { callbacks: [failing, other] });
    await expect(running).rejects.toThrow("mine");
    expect(told).toEqual(["mine"]);
  });

  test("the first reason stands, and every callback is told of it", async () => {
    const { x, y } = regressionData(10);
    const told: unknown[] = [];
    const tells: Callbacks = {
      onTrainAbort(reason) {
        told.push((reason as Error).message);
        throw new Error("second");
      },
    };
    const first: Callbacks = {
      onEpochEnd: () => {
        throw new Error("first");
      },
    };
    const running = compiled().fit(x, y, { callbacks: [first, tells, tells] });
    await expect(running).rejects.toThrow("first");
    expect(told).toEqual(["first", "first"]);
  });

  test("what closing a pass throws is heard, unless something else came before", async () => {
    const { x, y } = regressionData(4);
    const pass = () => {
      const iterator: IterableIterator<readonly [typeof x, typeof y]> = {
        [Symbol.iterator]: () => iterator,
        next: () => ({ done: false, value: [x, y] }),
        return: () => {
          throw new Error("closing");
        },
      };
      return iterator;
    };
    const options = { stepsPerEpoch: 2 };
    await expect(compiled().fit(pass(), options)).rejects.toThrow("closing");
    const onEpochEnd = () => Promise.reject(new Error("mine"));
    const running = compiled().fit(pass(), { ...options, callbacks: { onEpochEnd } });
    await expect(running).rejects.toThrow("mine");
  });

  /** How many epochs pass, and which weights remain, where each epoch's log is as given. */
  async function stopsAfter(values: readonly number[], options: EarlyStoppingOptions) {
    const { x, y } = regressionData(6);
    const model = compiled();
    const weights: number[][] = [];
    const monitor = options.monitor ?? "valLoss";
    const stopping = callbacks.earlyStopping(options);
    const script: Callbacks = {
      ...stopping,
      onTrainBegin: (plan) => stopping.onTrainBegin?.({ ...plan, logs: [...plan.logs, monitor] }),
      onEpochEnd(epoch, logs) {
        weights.push(weightsOf(model));
        return stopping.onEpochEnd?.(epoch, { ...logs, [monitor]: values[epoch]! });
      },
    };
    const { epoch } = await model.fit(x, y, { epochs: values.length, callbacks: script });
    const remaining = JSON.stringify(weightsOf(model));
    return [epoch.length, weights.findIndex((w) => JSON.stringify(w) === remaining)];
  }

  test.each<[string, number[], EarlyStoppingOptions, number, number]>([
    ["goes on while it gets better", [5, 4, 3, 2], {}, 4, 3],
    ["stops at the first that is no better", [5, 4, 4, 1, 0], {}, 3, 2],
    ["has patience", [5, 4, 6, 6, 3, 3, 3, 0], { patience: 2 }, 4, 3],
    ["begins its patience anew", [5, 6, 4, 5, 3, 4, 4, 0], { patience: 2 }, 7, 6],
    ["wants a change of minDelta", [5, 4.9, 4.8, 0], { minDelta: 0.15, patience: 2 }, 4, 3],
    ["sees many small changes", [5, 4.9, 4.8, 4.7], { minDelta: 0.3, patience: 2 }, 3, 2],
    ["restores the best", [5, 3, 4, 4, 0], { patience: 2, restoreBestWeights: true }, 4, 1],
    [
      "restores the best at the end, too",
      [5, 3, 4],
      { patience: 9, restoreBestWeights: true },
      3,
      1,
    ],
    ["wants more of an accuracy", [0.5, 0.6, 0.6, 0.9], { monitor: "valAccuracy" }, 3, 2],
    ["wants more on demand", [1, 2, 2, 3], { monitor: "gain", mode: "max" }, 3, 2],
    ["wants less on demand", [0.5, 0.6, 0.1], { monitor: "accuracy", mode: "min" }, 2, 1],
    ["takes NaN for no better", [5, Number.NaN, 1], {}, 2, 1],
    [
      "restores the first where all are NaN",
      [Number.NaN, Number.NaN, Number.NaN],
      { restoreBestWeights: true },
      2,
      0,
    ],
  ])("early stopping %s", async (_, values, options, epochs, kept) => {
    expect(await stopsAfter(values, options)).toEqual([epochs, kept]);
  });

  test("early stopping begins anew with every fit", async () => {
    const { x, y } = regressionData(6);
    const model = compiled();
    const stopping = callbacks.earlyStopping({ monitor: "loss" });
    const values = [1, 0, 5, 4, 3];
    const script: Callbacks = {
      ...stopping,
      onEpochEnd: (epoch) => stopping.onEpochEnd?.(epoch, { loss: values.shift()! }),
    };
    expect((await model.fit(x, y, { epochs: 2, callbacks: script })).loss.length).toBe(2);
    expect((await model.fit(x, y, { epochs: 3, callbacks: script })).loss.length).toBe(3);
  });

  test("early stopping restores nothing where training is aborted", async () => {
    const { x, y } = regressionData(6);
    const model = compiled();
    const abort = new AbortController();
    const stopping = callbacks.earlyStopping({
      monitor: "loss",
      mode: "max",
      patience: 9,
      restoreBestWeights: true,
    });
    let last: number[] = [];
    const running = model.fit(x, y, {
      epochs: 4,
      signal: abort.signal,
      callbacks: [
        stopping,
        {
          onEpochEnd(epoch) {
            last = weightsOf(model);
            if (epoch === 2) abort.abort();
          },
        },
      ],
    });
    await expect(running).rejects.toThrow();
    expect(weightsOf(model)).toEqual(last);
  });
});
