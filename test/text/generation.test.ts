import { Adam, Stream, type Tensor, tensor } from "gatewise";
import {
  type GenerateOptions,
  LanguageModel,
  type LanguageModelOptions,
  Vocabulary,
} from "gatewise/text";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { expectErrors, wrong } from "../expect-errors.ts";
import { describeKernelSets, kernelSets } from "../kernel-sets.ts";
import { countTurns, inTurn } from "../turns.ts";

const text = "she sells sea shells by the sea shore.\nshe sees the sea.\n".repeat(6);
const vocabulary = Vocabulary.fromText(text, { padding: true, unknown: true });

const model = (options: Partial<LanguageModelOptions> = {}) =>
  new LanguageModel({ vocabulary, hiddenSize: 17, embeddingSize: 5, seed: 1, ...options });

const collect = async (texts: AsyncIterable<string>): Promise<string[]> => {
  const all: string[] = [];
  for await (const one of texts) all.push(one);
  return all;
};

/** The likeliest next character again and again, the whole text put in anew for each. */
function greedy({ embedding, rnn, output }: LanguageModel, prompt: string, length: number): string {
  let all = prompt;
  const { padding, unknown } = vocabulary;
  for (let n = 0; n < length; n++) {
    const x = embedding!.forward([[...vocabulary.encode(all)]]);
    const { output: rows } = (rnn as { forward(x: Tensor): { output: Tensor } }).forward(x);
    const logits = output.forward(rows).data.slice(-vocabulary.size);
    for (const never of [padding!, unknown!]) logits[never] = Number.NEGATIVE_INFINITY;
    all += vocabulary.tokens[logits.indexOf(Math.max(...logits))];
  }
  return all.slice(prompt.length);
}

describeKernelSets("generate", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each<Partial<LanguageModelOptions>>([
    {},
    { cell: "gru", numLayers: 2, dropout: 0.9 },
    { cell: "rnn", hiddenSize: 5, tieWeights: true },
  ])("temperature 0 is the likeliest character again and again: %j", (options) => {
    const one = model({ ...options });
    one.output.bias!.assign(one.output.bias!.data.map((v, i) => (i < 2 ? 9 : v)));
    const wanted = greedy(one, "the sea", 30);
    expect(one.generate({ prompt: "the sea", length: 30, temperature: 0 })).toBe(wanted);
    expect(one.generate({ prompt: "the sea", length: 30, topK: 1 })).toBe(wanted);
  });

  test("one-hot rows generate, too", () => {
    const one = model({ embeddingSize: 0 });
    expect(one.generate({ length: 30, seed: 1 }).length).toBe(30);
    expect(one.generate({ length: 30, seed: 1 })).not.toBe(one.generate({ length: 30, seed: 2 }));
  });

  test("goes on from the end of the prompt: all of it counts", () => {
    const one = model();
    one.output.weight.assign(one.output.weight.data.map((v) => 20 * v)); // untrained, states differ little
    const at = (prompt: string) => one.generate({ prompt, length: 40, seed: 3 });
    expect(at("sea")).toBe(at("sea"));
    expect(at("she sea")).not.toBe(at("she sha"));
    expect(at("")).toBe(at("\n"));
    expect(one.generate({ length: 40, seed: 3 })).toBe(at("\n"));
  });

  test("padding and the unknown token are never drawn, an unknown character is read as one", () => {
    const one = model();
    one.output.bias!.assign(one.output.bias!.data.map((v, i) => (i < 2 ? 9 : v)));
    const generated = one.generate({ prompt: "Ω", length: 500, temperature: 2, seed: 1 });
    expect(generated.length).toBe(500);
    expect(generated).not.toMatch(/[<>]/);
  });

  test("ends before a stop token", () => {
    const one = model();
    const whole = one.generate({ length: 300, seed: 4 });
    const stopped = (stop: string | string[]) => one.generate({ length: 300, seed: 4, stop });
    expect(stopped("s")).toBe(whole.slice(0, whole.indexOf("s")));
    expect(stopped(["\n", "t"])).toBe(whole.slice(0, whole.search(/[\nt]/)));
    expect(stopped([])).toBe(whole);
    expect(one.generate({ length: 0 })).toBe("");
    expect(one.generate().length).toBe(100);
  });

  test("sees weights as they are when it is called, and leaves no memory behind", async () => {
    const one = model();
    const first = one.generate({ seed: 1 });
    const { heap } = one.home!;
    const [taken, given] = [vi.spyOn(heap, "allocate"), vi.spyOn(heap, "free")];
    expect(one.generate({ seed: 1 })).toBe(first);
    expect(taken.mock.calls.length).toBeGreaterThan(10);
    expect(given.mock.calls.length).toBe(taken.mock.calls.length);
    vi.restoreAllMocks();
    await one.fit(text, { optimizer: new Adam({ learningRate: 0.1 }), batchSize: 2 });
    expect(one.generate({ seed: 1 })).not.toBe(first);
  });

  test("a stream is the same text, token by token, and lets others have their turn", async () => {
    const one = model();
    const counter = countTurns();
    const texts = await collect(one.generateStream({ prompt: "she", length: 5000, seed: 5 }));
    counter.stop();
    expect(texts.length).toBe(5000);
    expect(texts.join("")).toBe(one.generate({ prompt: "she", length: 5000, seed: 5 }));
    expect(counter.turns).toBeGreaterThan(0);
  });

  test("a stream ends where its reader leaves or its signal is aborted, and gives its memory back", async () => {
    const one = model();
    one.generate();
    const { heap } = one.home!;
    const [taken, given] = [vi.spyOn(heap, "allocate"), vi.spyOn(heap, "free")];
    let read = "";
    for await (const piece of one.generateStream({ length: 1e6, seed: 5 })) {
      read += piece;
      if (read.length === 7) break;
    }
    expect(read).toBe(one.generate({ length: 7, seed: 5 }));
    const controller = new AbortController();
    const aborted = (async () => {
      for await (const _ of one.generateStream({ length: 1e9, signal: controller.signal }))
        if (!controller.signal.aborted) inTurn(() => controller.abort(new Error("enough")));
    })();
    await expect(aborted).rejects.toThrow("enough");
    // Piece by piece: what other tests have left may be collected meanwhile.
    const free = new Set(given.mock.calls.map(([address]) => address));
    expect(taken.mock.results.length).toBeGreaterThan(10);
    for (const { value } of taken.mock.results) expect(free).toContain(value);
  });

  test("a stream reads a long prompt bit by bit: others have their turn, a signal ends it", async () => {
    const one = model();
    const step = vi.spyOn(Stream.prototype, "step");
    const prompt = "she ".repeat(2e5);
    const turn = new Promise<number>((resolve) => {
      // Asked for in the first step, so that the turn cannot come before there is something to read.
      step.mockImplementationOnce(() => inTurn(() => resolve(step.mock.calls.length)));
    });
    const controller = new AbortController();
    const stream = one.generateStream({ prompt, signal: controller.signal });
    const first = stream.next();
    expect(await turn, "read while another waited").toBeLessThan(prompt.length / 2);
    controller.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
    expect(step.mock.calls.length).toBeLessThan(prompt.length / 2);

    step.mockClear();
    const signal = AbortSignal.abort(new Error("not at all"));
    await expect(one.generateStream({ prompt, signal }).next()).rejects.toThrow("not at all");
    expect(step).not.toHaveBeenCalled();
    step.mockRestore();
  });

  test("a stream that nobody reads takes no memory", async () => {
    const one = model();
    one.generate();
    const taken = vi.spyOn(one.home!.heap, "allocate");
    await one.generateStream({ prompt: "she" }).return();
    expect(taken).not.toHaveBeenCalled();
    taken.mockRestore();
  });

  test("words have their spaces, in a stream as well", async () => {
    const words = Vocabulary.fromText('a (b), "c" d.\n', { level: "word" });
    const one = new LanguageModel({ vocabulary: words, hiddenSize: 8, seed: 1 });
    const options = { prompt: "a", length: 60, seed: 2, temperature: 3 };
    const generated = one.generate(options);
    expect(words.split(generated).length).toBe(60);
    expect(words.decode(words.encode(`a${generated}`))).toBe(`a${generated}`);
    expect((await collect(one.generateStream(options))).join("")).toBe(generated);
    expect(one.generate({ ...options, prompt: "a " })).toBe(generated.replace(/^ /, ""));
  });

  test("errors", () => {
    const one = model();
    const plain = new LanguageModel({ vocabulary: Vocabulary.fromText("abc"), hiddenSize: 4 });
    const special = { padding: "<pad>", unknown: "<unk>" };
    const nothing = new LanguageModel({
      vocabulary: new Vocabulary({
        ...{ level: "char", language: "en" },
        ...special,
        tokens: Object.values(special),
      }),
      hiddenSize: 4,
    });
    const ways = [
      (options: unknown) => () => one.generate(wrong(options)),
      (options: unknown) => () => one.generateStream(wrong(options)),
    ];
    for (const way of ways)
      expectErrors([
        ["temperature", RangeError, way({ temperature: -1 }), /temperature.*at least 0, got -1/],
        ["topK", RangeError, way({ topK: 0 })],
        ["topP", RangeError, way({ topP: 2 })],
        ["length", RangeError, way({ length: -1 })],
        ["length", RangeError, way({ length: Number.POSITIVE_INFINITY })],
        ["prompt", TypeError, way({ prompt: 3 })],
        ["stop", RangeError, way({ stop: "shells" }), /tokens of the vocabulary, got "shells"/],
        ["stop", TypeError, way({ stop: 3 })],
        ["seed", RangeError, way({ seed: 1.5 })],
        ["option", TypeError, way({ maxLength: 3 }), /got maxLength/],
        ["options", TypeError, way("the")],
      ]);
    expectErrors([
      [
        "unknown",
        RangeError,
        () => plain.generate({ prompt: "abΩ" }),
        /^LanguageModel\.generate: expected prompt of characters of the vocabulary, got "Ω"/,
      ],
      ["nothing", RangeError, () => nothing.generate(), /^LanguageModel\.generate: .*no more/],
      ["nothing", RangeError, () => nothing.generate({ prompt: "a" }), /more than padding/],
      ["signal", TypeError, () => one.generateStream({ signal: wrong(1) }), /AbortSignal/],
      ["signal", TypeError, () => one.generate(wrong({ signal: new AbortController().signal }))],
    ]);
    const parameters = plain.parameters();
    parameters["output.bias"]!.assign(tensor([Number.NaN, 0, 0]));
    expect(() => plain.generate()).toThrow(/finite numbers/);
  });
});

describe.each(kernelSets)("the same text in every engine [$name]", ({ use }) => {
  beforeAll(use);

  // Written down from Node: another engine has to give the same, from weights over training to what is drawn.
  const golden: readonly string[] = [
    "sea she lsels seht she se\nshea se\nshe sees the sre hyllsea s",
    "sells thy sea shee sea lhy se shelse she shre.\nsaeltllls be ",
  ];
  test.each<GenerateOptions>([{}, { topK: 5, topP: 0.9, temperature: 1.5 }])(
    "%j",
    async (given) => {
      const one = model({ dropout: 0.1, numLayers: 2 });
      const optimizer = new Adam({ learningRate: 0.01, clipNorm: 5 });
      await one.fit(text, { optimizer, epochs: 12, batchSize: 2, unroll: 16 });
      const generated = one.generate({ prompt: "she ", length: 60, seed: 1, ...given });
      expect(generated).toBe(golden[given.topK ? 1 : 0]);
    },
  );
});
