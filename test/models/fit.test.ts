import {
  type Data,
  layers,
  mse,
  randn,
  SGD,
  sequential,
  slice,
  type Tensor,
  tensor,
} from "gatewise";
import { batches } from "gatewise/data";
import { afterEach, expect, test, vi } from "vitest";
import { describeKernelSets } from "../kernel-sets.ts";
import { countTurns, inTurn } from "../turns.ts";
import { regressionData, regressor, statefulModel, weightsOf } from "./support.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** The samples from one to before another. */
const rows = (x: Data, from: number, to: number): Tensor => {
  const { shape } = x as Tensor;
  return slice(x as Tensor, [from, ...shape.slice(1).map(() => 0)], [to - from, ...shape.slice(1)]);
};

function compiled() {
  const model = regressor();
  model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: "mse", metrics: ["mae"] });
  return model;
}

type Pair = readonly [x: Tensor, y: Tensor];

/** Batches of the data, 4 samples each. */
const batchesOf = ({ x, y }: { x: Data; y: Data }, samples: number): Pair[] =>
  Array.from({ length: Math.ceil(samples / 4) }, (_, i) => {
    const to = Math.min(4 * i + 4, samples);
    return [rows(x, 4 * i, to), rows(y, 4 * i, to)];
  });

describeKernelSets("fit", () => {
  test("goes through the samples in batches, the last with what is left", async () => {
    const { x, y } = regressionData(10);
    const [model, byHand] = [compiled(), compiled()];
    const history = await model.fit(x, y, { epochs: 2, batchSize: 4, shuffle: false });
    const losses: number[] = [];
    const errors: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const logs = batchesOf({ x, y }, 10).map(([bx, by]) => ({
        means: byHand.trainOnBatch(bx, by),
        samples: bx.shape[0]!,
      }));
      const mean = (name: "loss" | "mae") =>
        logs.reduce((total, one) => total + one.means[name]! * one.samples, 0) / 10;
      losses.push(mean("loss"));
      errors.push(mean("mae"));
    }
    expect(weightsOf(model)).toEqual(weightsOf(byHand));
    expect(Object.keys(history)).toEqual(["epoch", "loss", "mae"]);
    expect(history.epoch).toEqual([0, 1]);
    history.loss.forEach((loss, i) => {
      expect(loss).toBeCloseTo(losses[i]!, 6);
      expect(history.mae![i]).toBeCloseTo(errors[i]!, 6);
    });
  });

  test("32 samples a batch unless told otherwise, or the model's own number", async () => {
    const batches: number[] = [];
    const count = { onBatchEnd: (batch: number) => batches.push(batch) };
    const { x, y } = regressionData(70);
    await compiled().fit(x, y, { callbacks: count });
    expect(batches).toEqual([0, 1, 2]);
    const stateful = statefulModel();
    stateful.compile({ optimizer: "sgd", loss: "mse" });
    batches.length = 0;
    await stateful.fit(randn([8, 3, 2]), randn([8, 1]), { callbacks: count });
    expect(batches).toEqual([0, 1]);
  });

  test("shuffles every epoch anew, the same way for the same seed", async () => {
    const { x, y } = regressionData(50);
    const orders: number[][] = [];
    const run = async (options: object) => {
      const model = regressor();
      const seen: number[] = [];
      model.compile({
        optimizer: "sgd",
        loss: (target: Tensor, prediction: Tensor) => {
          for (let i = 0; i < target.size; i += 2) seen.push(target.data[i]!);
          return mse(target, prediction);
        },
      });
      await model.fit(x, y, { epochs: 2, batchSize: 8, ...options });
      orders.push(seen.slice(0, 50), seen.slice(50));
      return weightsOf(model);
    };
    const first = await run({ seed: 5 });
    expect(await run({ seed: 5 })).toEqual(first);
    expect(await run({ seed: 6 })).not.toEqual(first);
    expect(await run({})).not.toEqual(await run({}));
    await run({ shuffle: false });
    const inOrder = orders.at(-1)!;
    const sorted = (list: number[]) => [...list].sort((a, b) => a - b);
    for (const order of orders) expect(sorted(order)).toEqual(sorted(inOrder));
    expect(orders[0]).not.toEqual(inOrder);
    expect(orders[0]).not.toEqual(orders[1]);
    expect(orders.at(-2)).toEqual(inOrder);
  });

  test("x and y stay together when shuffled", async () => {
    const values = Array.from({ length: 23 }, (_, i) => i);
    const model = regressor();
    const pairs: [number, number][] = [];
    model.compile({
      optimizer: new SGD({ learningRate: 0 }),
      loss: (target, prediction) => {
        const got = prediction.data;
        target.data.forEach((t, i) => {
          if (i % 2 === 0) pairs.push([t, got[i]!]);
        });
        return prediction;
      },
    });
    const x = tensor(values.map((v) => [v / 10, 1, -v / 20]));
    const expected = model.predict(x).data;
    await model.fit(x, tensor(values.map((v) => [v, 0])), { batchSize: 5, seed: 1 });
    expect(pairs.length).toBe(23);
    for (const [v, got] of pairs) expect(got).toBe(expected[2 * v]);
  });

  test("validationSplit keeps the last samples apart, before shuffling", async () => {
    const { x, y } = regressionData(10);
    const [model, apart] = [compiled(), compiled()];
    const options = { epochs: 3, batchSize: 4, seed: 9 };
    const history = await model.fit(x, y, { ...options, validationSplit: 0.25 });
    const given = await apart.fit(rows(x, 0, 7), rows(y, 0, 7), {
      ...options,
      validationData: [rows(x, 7, 10), rows(y, 7, 10)],
    });
    expect(Object.keys(history)).toEqual(["epoch", "loss", "mae", "valLoss", "valMae"]);
    expect(history).toEqual(given);
    const after = model.evaluate(rows(x, 7, 10), rows(y, 7, 10));
    expect(history.valLoss!.at(-1)).toBe(after.loss);
    expect(history.valMae!.at(-1)).toBe(after.mae);
  });

  test.each([
    ["an array", (list: Pair[]) => list],
    ["objects", (list: Pair[]) => list.map(([x, y]) => ({ x, y }))],
    ["a function", (list: Pair[]) => () => list],
    [
      "a generator function",
      (list: Pair[]) =>
        function* () {
          yield* list;
        },
    ],
    [
      "an async generator function",
      (list: Pair[]) =>
        async function* () {
          for (const batch of list) {
            await Promise.resolve();
            yield batch;
          }
        },
    ],
  ])("takes batches from %s", async (_, source) => {
    const data = regressionData(10);
    const [model, byData] = [compiled(), compiled()];
    const options = { epochs: 2, validationData: data };
    const history = await model.fit(source(batchesOf(data, 10)), options);
    const expected = await byData.fit(data.x, data.y, { ...options, batchSize: 4, shuffle: false });
    expect(history.loss).toEqual(expected.loss);
    expect(weightsOf(model)).toEqual(weightsOf(byData));
    expect(history.valLoss!.length).toBe(2);
    const inBatches = await compiled().fit(batchesOf(data, 10), {
      ...options,
      validationData: source(batchesOf(data, 10)),
    });
    expect(inBatches.valLoss![1]).toBeCloseTo(expected.valLoss![1]!, 6);
  });

  test("stepsPerEpoch goes on where the last epoch ended", async () => {
    const data = regressionData(12);
    const list = batchesOf(data, 12);
    const seen: number[] = [];
    let opened = 0;
    let closed = 0;
    const source = function* () {
      opened++;
      try {
        for (const [i, batch] of list.entries()) {
          seen.push(i);
          yield batch;
        }
      } finally {
        closed++;
      }
    };
    const batches: number[] = [];
    await compiled().fit(source, {
      epochs: 4,
      stepsPerEpoch: 2,
      callbacks: { onBatchEnd: (batch) => batches.push(batch) },
    });
    expect(seen).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    expect(batches).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
    expect([opened, closed]).toEqual([3, 3]);
    const endless = function* () {
      for (;;) yield list[0]!;
    };
    const { loss } = await compiled().fit(endless(), { epochs: 3, stepsPerEpoch: 5 });
    expect(loss.length).toBe(3);
  });

  test("a generator that has run out is an error, not an epoch of nothing", async () => {
    const list = batchesOf(regressionData(8), 8);
    const once = () =>
      (function* () {
        yield* list;
      })();
    const message = /at least one batch.*function/;
    await expect(compiled().fit(once(), { epochs: 2 })).rejects.toThrow(message);
    await expect(compiled().fit(once(), { stepsPerEpoch: 3 })).rejects.toThrow(message);
    await expect(compiled().fit([], { epochs: 1 })).rejects.toThrow(RangeError);
    await expect(compiled().fit([], { stepsPerEpoch: 3 })).rejects.toThrow(RangeError);
  });

  test("others have their turn whenever some milliseconds have passed, in validation too", async () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const data = regressionData(40);
    const model = regressor();
    const counter = countTurns();
    const turnsOf = async (milliseconds: number) => {
      model.compile({
        optimizer: "sgd",
        loss: (target, prediction) => {
          clock += milliseconds;
          return mse(target, prediction);
        },
      });
      counter.turns = 0;
      await model.fit(data.x, data.y, { batchSize: 2, validationData: data });
      return counter.turns;
    };
    const long = await turnsOf(20); // 20 batches of training, and 20 of validation
    const short = await turnsOf(1);
    counter.stop();
    // 40 and 5, but in WebKit one message overtakes another now and then.
    expect(long).toBeGreaterThanOrEqual(30);
    expect(short).toBeGreaterThanOrEqual(2);
    expect(short).toBeLessThanOrEqual(10);
  });

  test("takes its turns by MessageChannel where there is no setImmediate", async () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 20));
    vi.stubGlobal("setImmediate", undefined);
    const opened = vi.fn();
    class Counted extends MessageChannel {
      constructor() {
        super();
        opened();
      }
    }
    vi.stubGlobal("MessageChannel", Counted);
    const { x, y } = regressionData(8);
    const history = await compiled().fit(x, y, { batchSize: 2 });
    expect(history.loss.length).toBe(1);
    expect(opened).toHaveBeenCalledTimes(6);
  });

  test("timers have their turn", async () => {
    const { x, y } = regressionData(64);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    const running = compiled().fit(x, y, { epochs: 1e6, batchSize: 1, signal: abort.signal });
    await expect(running).rejects.toThrow(/abort/);
  });

  test("an aborted signal ends it after the step at work, with the weights of that", async () => {
    const { x, y } = regressionData(12);
    const [model, byHand] = [compiled(), compiled()];
    const abort = new AbortController();
    const reason = new Error("enough");
    const ends: unknown[] = [];
    const running = model.fit(x, y, {
      epochs: 5,
      batchSize: 4,
      shuffle: false,
      signal: abort.signal,
      callbacks: {
        onBatchEnd: (batch) => {
          if (batch === 1) abort.abort(reason);
        },
        onTrainEnd: () => ends.push("end"),
        onTrainAbort: (why) => ends.push(why),
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(ends).toEqual([reason]);
    for (const batch of batchesOf({ x, y }, 8)) {
      byHand.trainOnBatch(...batch);
    }
    expect(weightsOf(model)).toEqual(weightsOf(byHand));
    await expect(model.fit(x, y, { signal: abort.signal })).rejects.toBe(reason);
    expect(weightsOf(model)).toEqual(weightsOf(byHand));
    await model.fit(x, y); // and it can go on
  });

  test("a signal that is aborted while others have their turn stops the next step", async () => {
    let clock = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 20));
    const { x, y } = regressionData(12);
    const abort = new AbortController();
    const begun: number[] = [];
    const running = compiled().fit(x, y, {
      batchSize: 2,
      signal: abort.signal,
      callbacks: {
        onBatchBegin: (batch) => begun.push(batch),
        onBatchEnd(batch) {
          if (batch === 1) inTurn(() => abort.abort());
        },
      },
    });
    await expect(running).rejects.toThrow(/abort/);
    expect(begun.slice(0, 2)).toEqual([0, 1]);
    expect(begun.length).toBeLessThan(4); // of 6; in WebKit the message of a step may overtake that of another
  });

  test("an aborted signal ends validation", async () => {
    const data = regressionData(12);
    const abort = new AbortController();
    const seen: string[] = [];
    const validation = function* () {
      for (const batch of batchesOf(data, 12)) {
        seen.push("batch");
        abort.abort();
        yield batch;
      }
    };
    const running = compiled().fit(data.x, data.y, {
      signal: abort.signal,
      validationData: validation,
    });
    await expect(running).rejects.toThrow(/abort/);
    expect(seen).toEqual(["batch"]);
  });

  test.each(["training", "validation"])(
    "an aborted signal ends it while %s waits for a batch that never comes",
    async (which) => {
      const data = regressionData(8);
      const abort = new AbortController();
      const reason = new Error("no more of this");
      let closed = false;
      let arrive = (): void => {};
      const stalling = async function* () {
        try {
          yield* batchesOf(data, 8);
          await new Promise<void>((resolve) => {
            arrive = resolve;
            inTurn(() => abort.abort(reason));
          });
          yield* batchesOf(data, 8);
        } finally {
          closed = true;
        }
      };
      const ends: unknown[] = [];
      const options = {
        signal: abort.signal,
        callbacks: { onTrainAbort: (why: unknown) => ends.push(why) },
      };
      const model = compiled();
      const running =
        which === "training"
          ? model.fit(stalling(), options)
          : model.fit(data.x, data.y, { ...options, validationData: stalling });
      await expect(running).rejects.toBe(reason);
      expect(ends).toEqual([reason]);
      const weights = weightsOf(model);
      expect(closed).toBe(false);
      arrive();
      await vi.waitFor(() => expect(closed).toBe(true));
      expect(weightsOf(model)).toEqual(weights);
      await model.fit(data.x, data.y);
    },
  );

  test("a signal aborted before the first batch is asked for asks for none", async () => {
    const abort = new AbortController();
    let asked = 0;
    const silent = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => asked++) }),
    };
    const onEpochBegin = () => abort.abort();
    const running = compiled().fit(silent, { signal: abort.signal, callbacks: { onEpochBegin } });
    await expect(running).rejects.toThrow(/abort/);
    expect(asked).toBe(0);
  });

  test("a signal that is not aborted keeps no listeners of the batches that came", async () => {
    const data = regressionData(8);
    const { signal } = new AbortController();
    const [added, removed] = [
      vi.spyOn(signal, "addEventListener"),
      vi.spyOn(signal, "removeEventListener"),
    ];
    await compiled().fit(data.x, data.y, { batchSize: 2, signal });
    expect(added.mock.calls.length).toBeGreaterThan(3);
    expect(removed.mock.calls).toEqual(added.mock.calls);
  });

  test("others have their turn while nested arrays are made into tensors", async () => {
    const [samples, features] = [300, 1000];
    const x = randn([samples, features], { seed: 1 });
    const y = randn([samples, 1], { seed: 2 });
    const turnsBefore = async (data: Data) => {
      const layer = layers.dense({ units: 1, inputShape: [features], seed: 3 });
      const model = sequential({ layers: [layer] });
      model.compile({ optimizer: new SGD({ learningRate: 1e-4 }), loss: "mse" });
      let clock = 0;
      vi.spyOn(performance, "now").mockImplementation(() => (clock += 20));
      const counter = countTurns();
      let before = 0;
      const onTrainBegin = () => {
        before = counter.turns;
      };
      const { loss } = await model.fit(data, y, { seed: 4, callbacks: { onTrainBegin } });
      counter.stop();
      return { before, loss, weights: weightsOf(model) };
    };
    const [nested, whole] = [await turnsBefore(x.toArray()), await turnsBefore(x)];
    expect(nested.before - whole.before).toBeGreaterThanOrEqual(4); // 300,000 numbers, 2^16 at a time
    expect([nested.loss, nested.weights]).toEqual([whole.loss, whole.weights]);
    const uneven = [...(x.toArray() as number[][]).slice(1), [1, 2, 3]];
    await expect(compiled().fit(uneven, y)).rejects.toThrow(/rows of one length/);
  });

  test("the number of batches is known where the iterable has a count or a length", async () => {
    const { x, y } = regressionData(10);
    const announced = async (data: Parameters<ReturnType<typeof compiled>["fit"]>[0]) => {
      let batches: number | undefined;
      const onTrainBegin = (plan: { batches: number | undefined }) => {
        batches = plan.batches;
      };
      await compiled().fit(data as never, { callbacks: { onTrainBegin } });
      return batches;
    };
    const divided = batches(x as Tensor, y as Tensor, { batchSize: 4 });
    expect(await announced(divided as never)).toBe(3);
    expect(await announced([...divided] as never)).toBe(3);
    expect(await announced(new Set(divided) as never)).toBeUndefined();
    expect(await announced((() => divided) as never)).toBeUndefined();
  });

  test("layers cannot be added while it runs", async () => {
    const { x, y } = regressionData(12);
    const model = compiled();
    const running = model.fit(x, y, { epochs: 2 });
    expect(() => model.add(layers.dense({ units: 3 }))).toThrow(/sequential\.add: .*being fitted/);
    expect((await running).loss.length).toBe(2);
    model.add(layers.dense({ units: 3 }));
  });

  test("a second one is refused while one runs", async () => {
    const { x, y } = regressionData(12);
    const model = compiled();
    const first = model.fit(x, y, { epochs: 3 });
    await expect(model.fit(x, y)).rejects.toThrow(/already/);
    expect((await first).loss.length).toBe(3);
    expect((await model.fit(x, y)).loss.length).toBe(1);
    await expect(
      model.fit(x, y, {
        callbacks: {
          onEpochEnd: () => {
            throw new Error("mine");
          },
        },
      }),
    ).rejects.toThrow("mine");
    expect((await model.fit(x, y)).loss.length).toBe(1);
  });
});
