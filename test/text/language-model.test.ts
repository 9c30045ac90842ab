import {
  Adam,
  crossEntropy,
  Embedding,
  embedding,
  GRU,
  LSTM,
  RNN,
  SGD,
  type Tensor,
  tensor,
} from "gatewise";
import { LanguageModel, type LanguageModelOptions, Vocabulary } from "gatewise/text";
import { expect, test, vi } from "vitest";
import { expectFloat32 } from "../close.ts";
import { expectErrors, expectRejections, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { inTurn } from "../turns.ts";

const text = "she sells sea shells by the sea shore; the shells she sells are sea shells. ".repeat(
  4,
);
const vocabulary = Vocabulary.fromText(text);
const V = vocabulary.size;

const model = (options: Partial<LanguageModelOptions> = {}) =>
  new LanguageModel({ vocabulary, hiddenSize: 9, seed: 1, ...options });
const sgd = () => new SGD({ learningRate: 0.5 });

/** The layer's forward pass: batch-major, whatever its state. */
type Run = (x: Tensor, state?: unknown) => { output: Tensor; state: unknown };

/** Logits [batch, time, V] of the model's parts put together by hand. */
function logitsOf(
  { embedding: own, rnn, output }: LanguageModel,
  rows: readonly Int32Array[],
  state?: unknown,
) {
  const indices = rows.map((row) => [...row]);
  const identity = Array.from({ length: V }, (_, i) =>
    Array.from({ length: V }, (_, j) => (i === j ? 1 : 0)),
  );
  const x = own ? own.forward(indices) : embedding(tensor(identity), indices);
  const run = (rnn.forward as unknown as Run).call(rnn, x, state);
  return { logits: output.forward(run.output), state: run.state };
}

const rowsOf = (numbers: Int32Array, starts: readonly number[], time: number): Int32Array[] =>
  starts.map((start) => numbers.slice(start, start + time));

/** ln of the probability of each token but the first, in float64, one step after another. */
function logProbabilities(of: LanguageModel, numbers: Int32Array): number[] {
  const { logits } = logitsOf(of, [numbers]);
  return Array.from(numbers.subarray(1), (next, t) => {
    const row = Array.from(logits.data.subarray(t * V, (t + 1) * V));
    const most = Math.max(...row);
    return row[next]! - most - Math.log(row.reduce((s, x) => s + Math.exp(x - most), 0));
  });
}

describeKernelSets("LanguageModel", () => {
  test("has the parameters of its parts, a shared one once", () => {
    const gates = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
    const shapes = (options: Partial<LanguageModelOptions>) =>
      Object.entries(model(options).parameters()).map(([name, p]) => `${name} ${p.shape}`);
    expect(shapes({ embeddingSize: 4, cell: "gru", numLayers: 2 })).toEqual([
      `embedding.weight ${V},4`,
      ...[
        "rnn.weight_ih_l0 27,4",
        "rnn.weight_hh_l0 27,9",
        "rnn.bias_ih_l0 27",
        "rnn.bias_hh_l0 27",
      ],
      ...[
        "rnn.weight_ih_l1 27,9",
        "rnn.weight_hh_l1 27,9",
        "rnn.bias_ih_l1 27",
        "rnn.bias_hh_l1 27",
      ],
      `output.weight ${V},9`,
      `output.bias ${V}`,
    ]);
    expect(shapes({ cell: "rnn" })[0]).toBe(`rnn.weight_ih_l0 9,${V}`);
    expect(Object.keys(model({ tieWeights: true, embeddingSize: 9 }).parameters())).toEqual([
      "embedding.weight",
      ...gates.map((gate) => `rnn.${gate}_l0`),
      "output.bias",
    ]);
    expect(model().rnn).toBeInstanceOf(LSTM);
    expect(model({ cell: "gru" }).rnn).toBeInstanceOf(GRU);
    expect(model({ cell: "rnn" }).rnn).toBeInstanceOf(RNN);
  });

  test("the same seed gives the same weights, each part others", () => {
    const weights = (seed: number) =>
      Object.values(model({ seed, embeddingSize: 4 }).parameters()).map((p) => p.data);
    expect(weights(1)).toEqual(weights(1));
    weights(2).forEach((data, i) => {
      expect(data).not.toEqual(weights(1)[i]);
    });
  });

  test.each<Partial<LanguageModelOptions>>([
    { embeddingSize: 5 },
    {},
    { cell: "gru", embeddingSize: 3, numLayers: 2 },
    { cell: "rnn", numLayers: 3 },
    { tieWeights: true, embeddingSize: 9 },
  ])("a step of fit is one of its parts by hand, the state carried on: %j", async (options) => {
    const [fitted, byHand] = [model(options), model(options)];
    const [batchSize, unroll] = [3, 40];
    const losses: number[] = [];
    const history = await fitted.fit(text, {
      ...{ optimizer: sgd(), batchSize, unroll },
      onBatchEnd: ({ loss }) => losses.push(loss),
    });
    const numbers = vocabulary.encode(text);
    const part = Math.floor((numbers.length - 1) / batchSize);
    const optimizer = sgd();
    let state: unknown;
    const wanted: number[] = [];
    let total = 0;
    for (let start = 0; start < part; start += unroll) {
      const time = Math.min(unroll, part - start);
      const starts = [0, 1, 2].map((b) => b * part + start);
      const targets = rowsOf(
        numbers,
        starts.map((s) => s + 1),
        time,
      );
      const step = optimizer.minimize(() => {
        const run = logitsOf(byHand, rowsOf(numbers, starts, time), state);
        return {
          loss: crossEntropy(
            run.logits,
            targets.map((row) => [...row]),
          ),
          state: run.state,
        };
      });
      state = step.state;
      wanted.push(step.loss);
      total += step.loss * time;
    }
    expectFloat32(losses, wanted, "losses", 1e-5);
    expect(history.loss[0]).toBeCloseTo(total / part, 5);
    const trained = fitted.parameters();
    for (const [name, p] of Object.entries(byHand.parameters()))
      expectFloat32(trained[name]!.data, p.data, name, 2e-5);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  test("one-hot rows are no parameters, and stay as they are", async () => {
    const one = model();
    await one.fit(text, { optimizer: new Adam({ learningRate: 0.1 }), epochs: 2, batchSize: 2 });
    const numbers = vocabulary.encode(text.slice(0, 50));
    const wanted = logProbabilities(one, numbers).reduce((a, b) => a - b, 0) / 49;
    expect(Math.log(one.perplexity(text.slice(0, 50)))).toBeCloseTo(wanted, 4);
  });

  test("perplexity and bits per character are those of the probabilities", () => {
    const one = model({ embeddingSize: 5, dropout: 0.5 });
    const numbers = vocabulary.encode(text);
    const nats = -logProbabilities(one, numbers).reduce((a, b) => a + b, 0) / (numbers.length - 1);
    expect(one.perplexity(text) / Math.exp(nats)).toBeCloseTo(1, 5);
    expect(one.bitsPerCharacter(text)).toBeCloseTo(nats / Math.LN2, 5);
    expect(one.perplexity("sh")).toBeCloseTo(
      Math.exp(-logProbabilities(one, vocabulary.encode("sh"))[0]!),
      3,
    );
  });

  test("a long text is read in parts side by side", () => {
    const one = model();
    const long = text.repeat(8); // of more than 2048 characters
    const numbers = vocabulary.encode(long);
    const part = Math.floor((numbers.length - 1) / 2);
    const parts = [0, part].map((start) =>
      logProbabilities(one, numbers.slice(start, start + part + 1)),
    );
    const nats = -parts.flat().reduce((a, b) => a + b, 0) / (2 * part);
    expect(one.perplexity(long) / Math.exp(nats)).toBeCloseTo(1, 5);
  });

  test("bits per character of words count all characters", () => {
    const words = Vocabulary.fromText(text, { level: "word" });
    const one = new LanguageModel({ vocabulary: words, hiddenSize: 4, seed: 1 });
    const sample = "the sea shells are she";
    expect(one.bitsPerCharacter(sample)).toBeCloseTo(
      (Math.log2(one.perplexity(sample)) * 4) / (sample.length - 3),
      4,
    );
  });

  test("validation is the perplexity of the end that was kept apart", async () => {
    const one = model();
    const seen: (number | undefined)[] = [];
    const history = await one.fit(text, {
      ...{ optimizer: sgd(), epochs: 2, batchSize: 4, validationSplit: 0.25 },
      onEpochEnd: ({ valLoss }) => seen.push(valLoss),
    });
    const end = text.slice(Math.floor(text.length * 0.75));
    expect(history.valLoss.length).toBe(2);
    expect(seen).toEqual(history.valLoss);
    expect(Math.exp(history.valLoss[1]!) / one.perplexity(end)).toBeCloseTo(1, 5);
    const without = await one.fit(text, { optimizer: sgd() });
    expect(without.valLoss).toEqual([]);
  });

  test("callbacks hear of steps and epochs, and are waited for", async () => {
    const heard: string[] = [];
    const history = await model().fit(text, {
      ...{ optimizer: sgd(), epochs: 2, batchSize: 2, unroll: 64 },
      async onBatchEnd({ epoch, epochs, step, steps }) {
        await new Promise<void>(inTurn);
        heard.push(`${epoch}/${epochs} ${step}/${steps}`);
      },
      onEpochEnd: ({ epoch, epochs, loss, ...rest }) => {
        heard.push(`${epoch}/${epochs} ${Number.isFinite(loss)} ${Object.keys(rest)}`);
      },
    });
    expect(heard).toEqual(
      [1, 2].flatMap((e) => [...[1, 2, 3].map((step) => `${e}/2 ${step}/3`), `${e}/2 true `]),
    );
    expect(history.loss.length).toBe(2);
  });

  test("a signal ends training after the step at work", async () => {
    const controller = new AbortController();
    let steps = 0;
    const one = model();
    const running = one.fit(text, {
      ...{ optimizer: sgd(), epochs: 100, batchSize: 2, unroll: 16, signal: controller.signal },
      onBatchEnd: () => {
        if (++steps === 3) controller.abort(new Error("enough"));
      },
    });
    await expect(running).rejects.toThrow("enough");
    expect(steps).toBe(3);
    const before = one.perplexity(text);
    await expect(
      one.fit(text, { optimizer: sgd(), signal: AbortSignal.abort(new Error("not at all")) }),
    ).rejects.toThrow("not at all");
    expect(one.perplexity(text)).toBe(before);
  });

  test("timers have their turn", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await model({ hiddenSize: 64 }).fit(text, { optimizer: sgd(), epochs: 30, batchSize: 2 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  test("dropout acts while the model is trained, in training mode; the same seed gives the same run", async () => {
    const lossOf = async (dropout: number, mode = true) => {
      const one = model({ dropout, numLayers: 2 }).train(mode);
      return (await one.fit(text, { optimizer: sgd(), batchSize: 2 })).loss[0];
    };
    const plain = await lossOf(0);
    expect(await lossOf(0.5)).not.toBe(plain);
    expect(await lossOf(0.5)).toBe(await lossOf(0.5));
    expect(await lossOf(0.5, false)).toBe(plain);
    expect(model({ dropout: 0.9 }).perplexity(text)).toBe(model().perplexity(text));
  });

  test("a text whose parts are shorter than one unroll is one step", async () => {
    const steps: number[] = [];
    await model().fit("she sells", {
      ...{ optimizer: sgd(), batchSize: 2, unroll: 64 },
      onBatchEnd: ({ steps: all }) => steps.push(all),
    });
    expect(steps).toEqual([1]);
  });

  test("tied weights begin small and share their gradient", async () => {
    const one = model({ tieWeights: true, embeddingSize: 9 });
    expect(one.output.weight).toBe(one.embedding!.weight);
    expect(Math.max(...one.output.weight.data)).toBeLessThanOrEqual(1 / 3);
    expect(Math.max(...new Embedding(V, 9, { seed: 1 }).weight.data)).toBeGreaterThan(1);
    const { loss } = await one.fit(text, { optimizer: sgd(), epochs: 9, batchSize: 2 });
    expect(loss.at(-1)).toBeLessThan(0.9 * loss[0]!);
  });

  test("memory stands still from the second epoch on", async () => {
    const one = model();
    const { heap } = one.home!;
    const bytes: number[] = [];
    const taken = vi.spyOn(heap, "allocate");
    await one.fit(text, {
      ...{ optimizer: sgd(), epochs: 4, batchSize: 2, validationSplit: 0.2 },
      onEpochEnd: () => bytes.push(taken.mock.calls.length),
    });
    taken.mockRestore();
    expect(bytes[3]).toBe(bytes[1]);
  });

  test("errors of the constructor and of measures", () => {
    const make = (options: unknown) => () => new LanguageModel(wrong(options));
    const one = model();
    const large = Vocabulary.fromJSON({
      ...{ level: "char", language: "en" },
      tokens: Array.from({ length: 4097 }, (_, i) => String.fromCodePoint(0x4e00 + i)),
    });
    expectErrors([
      ["nothing", TypeError, make(undefined)],
      ["no vocabulary", TypeError, make({ hiddenSize: 4 }), /a vocabulary, got undefined/],
      ["its data", TypeError, make({ hiddenSize: 4, vocabulary: vocabulary.toJSON() })],
      ["no size", TypeError, make({ vocabulary }), /hiddenSize/],
      ["cell", RangeError, () => model({ cell: wrong("lstn") }), /"rnn" or "lstm" or "gru"/],
      ["embeddingSize", RangeError, () => model({ embeddingSize: -1 })],
      ["numLayers", RangeError, () => model({ numLayers: 0 })],
      ["dropout", RangeError, () => model({ dropout: 1 })],
      ["tied", RangeError, () => model({ tieWeights: true }), /embeddingSize 9.*got 0/],
      ["tieWeights", TypeError, () => model({ tieWeights: wrong(1), embeddingSize: 9 })],
      ["seed", RangeError, () => model({ seed: 0.5 })],
      ["option", TypeError, () => model(wrong({ layers: 2 })), /got layers/],
      ["one-hot", RangeError, () => model({ vocabulary: large }), /more than 4096 tokens/],
      ["empty", RangeError, () => one.perplexity(""), /at least 2 tokens, got 0/],
      ["one", RangeError, () => one.bitsPerCharacter("s")],
      ["unknown", RangeError, () => one.perplexity("shellfish"), /got "f"/],
      ["no text", TypeError, () => one.perplexity(wrong(5))],
    ]);
    expect(() => model({ vocabulary: large, embeddingSize: 2 })).not.toThrow();
  });

  test("errors of fit, before anything changes", async () => {
    const one = model();
    const before = one.perplexity(text);
    const optimizer = sgd();
    const training =
      (options: unknown, given: unknown = text) =>
      () =>
        one.fit(wrong(given), wrong(options));
    await expectRejections([
      ["no text", TypeError, training({ optimizer }, 3)],
      ["empty", RangeError, training({ optimizer }, ""), /more than 32 tokens.*got 0/],
      ["short", RangeError, training({ optimizer, batchSize: 4 }, "shel"), /more than 4 .*got 4/],
      ["unknown", RangeError, training({ optimizer }, `${text}Ω`), /"Ω"/],
      ["no options", TypeError, training(undefined)],
      ["no optimizer", TypeError, training({ epochs: 2 }), /an optimizer, got undefined/],
      ["name", TypeError, training({ optimizer: "adam" })],
      ["epochs", RangeError, training({ optimizer, epochs: 0 })],
      ["batchSize", RangeError, training({ optimizer, batchSize: 1.5 })],
      ["unroll", RangeError, training({ optimizer, unroll: 0 })],
      ["split", RangeError, training({ optimizer, validationSplit: 1 })],
      ["split", RangeError, training({ optimizer, validationSplit: -0.1 })],
      [
        "nothing kept",
        RangeError,
        training({ optimizer, validationSplit: 0.001 }),
        /2 tokens apart/,
      ],
      [
        "callback",
        TypeError,
        training({ optimizer, onBatchEnd: 3 }),
        /onBatchEnd to be a function/,
      ],
      ["signal", TypeError, training({ optimizer, signal: true })],
      ["option", TypeError, training({ optimizer, shuffle: true }), /got shuffle/],
    ]);
    expect(optimizer.steps).toBe(0);
    expect(one.perplexity(text)).toBe(before);
  });
});
