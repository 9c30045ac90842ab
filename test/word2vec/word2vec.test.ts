import { init } from "gatewise";
import { Word2Vec, type Word2VecProgress } from "gatewise/word2vec";
import { describe, expect, test } from "vitest";
import { expectClose } from "../close.ts";
import { expectErrors, expectRejections, wrong } from "../expect-errors.ts";
import { describeKernelSets } from "../kernel-sets.ts";
import { uniform } from "../reference/random.ts";
import { topicSentences, topics, trained } from "./support.ts";

const vectorsOf = (model: Word2Vec): number[] => model.words.flatMap((w) => [...model.vector(w)]);
const architectures = ["skipgram", "cbow"] as const;

/** A checksum of the bits of all vectors (FNV-1a). */
function checksum(model: Word2Vec): string {
  const bits = new Uint8Array(Float32Array.from(vectorsOf(model)).buffer);
  const hash = bits.reduce((h, byte) => Math.imul(h ^ byte, 0x0100_0193), 0x811c_9dc5 | 0);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** A model with these vectors. */
const modelOf = (vectors: Readonly<Record<string, readonly number[]>>): Word2Vec => {
  const rows = Object.entries(vectors);
  const lines = rows.map(([word, vector]) => `${word} ${vector.join(" ")}`);
  return Word2Vec.fromText([`${rows.length} ${rows[0]![1].length}`, ...lines].join("\n"));
};

describeKernelSets("Word2Vec", (kernels) => {
  test.each(architectures)("%s: words of a topic end up together", async (architecture) => {
    const model = await trained({ architecture }, topicSentences(500), { epochs: 4 });
    for (const [t, topic] of topics.entries())
      for (const word of topic)
        expect(new Set(model.mostSimilar(word, 4).map(([w]) => w)), word).toEqual(
          new Set(topics[t]!.filter((other) => other !== word)),
        );
    expect(model.similarity("sun", "sea")).toBeGreaterThan(model.similarity("sun", "ice") + 0.3);
  });

  test.each(architectures)(
    "%s: the bits do not depend on the engine or on what ran before",
    async (architecture) => {
      const bits = {
        wasm: { skipgram: "f77cfbd5", cbow: "273c6fe1" },
        js: { skipgram: "71cbcc18", cbow: "5e2ebb23" },
      };
      const options = { architecture, vectorSize: 10, subsample: 0.05, negative: 7 };
      const model = await trained(options);
      expect(checksum(await trained(options))).toBe(checksum(model));
      expect(checksum(await trained({ ...options, seed: 4 }))).not.toBe(checksum(model));
      expect(checksum(model)).toBe(bits[kernels][architecture]);
    },
  );

  test("any iterable that begins anew gives what an array gives", async () => {
    const sentences = topicSentences(60);
    let begun = 0;
    const again = {
      *[Symbol.iterator]() {
        begun++;
        yield* sentences;
      },
    };
    expect(vectorsOf(await trained({}, again))).toEqual(vectorsOf(await trained({}, sentences)));
    expect(begun).toBe(3); // to count, and two epochs
    expect(vectorsOf(await trained({}, new Set(sentences)))).toEqual(
      vectorsOf(await trained({}, sentences)),
    );
  });

  test("sentences that come once only end training", async () => {
    const once = topicSentences(60).values();
    const model = new Word2Vec({ vectorSize: 8, minCount: 1, subsample: 0, seed: 3 });
    const seen: number[] = [];
    const onProgress = ({ words }: Word2VecProgress) => seen.push(words);
    const fitting = model.fit({ [Symbol.iterator]: () => once }, { onProgress });
    await expect(fitting).rejects.toThrow(
      /^Word2Vec\.fit: expected sentences .* more than once, got none in epoch 0/,
    );
    expect(seen).toEqual([]);
    await model.fit(topicSentences(60), { epochs: 2, learningRate: 0.05 });
    expect(vectorsOf(model)).toEqual(vectorsOf(await trained()));
  });

  test("words: frequent ones first, then as they came; rare ones are passed over", async () => {
    const sentences = [["b", "c", "rare", "a"], [], ["a", "b"], ["c", "a", "d"], ["d"]];
    const model = await trained({ minCount: 2 }, sentences);
    expect(model.words).toEqual(["a", "b", "c", "d"]);
    expect(() => (model.words as string[]).push("e")).toThrow(TypeError);
    const without = sentences.map((sentence) => sentence.filter((word) => word !== "rare"));
    expect(vectorsOf(model)).toEqual(vectorsOf(await trained({ minCount: 2 }, without)));
    expect(() => model.vector("rare")).toThrow(/Word2Vec\.vector: .*"rare"/);
  });

  test("a vector is a copy, and begins within ±1 / (2 size)", async () => {
    const model = await trained({ vectorSize: 5 }, topicSentences(20), {
      epochs: 1,
      learningRate: 0,
    });
    const vector = model.vector("sun");
    expect(vector.length).toBe(5);
    vector.fill(7);
    expect(model.vector("sun")).not.toEqual(vector);
    const all = vectorsOf(model).map(Math.abs);
    expect(Math.max(...all)).toBeLessThanOrEqual(0.1);
    expect(Math.max(...all)).toBeGreaterThan(0.08);
  });

  test("progress: the part of all words that is done; the rate falls in a straight line", async () => {
    const seen: Word2VecProgress[] = [];
    const long = topicSentences(1000); // 9,000 words: several calls of the kernel
    await trained({}, long, { epochs: 2, minLearningRate: 0.01, onProgress: (p) => seen.push(p) });
    expect(seen.length).toBeGreaterThan(4);
    let before = 0;
    for (const { fraction, words, epoch, learningRate, wordsPerSecond } of seen) {
      expect(fraction).toBeCloseTo(words / 18_000, 12);
      expect(epoch).toBe(before < 9000 ? 0 : 1);
      expect(learningRate).toBeCloseTo(0.05 - 0.04 * (before / 18_000), 12);
      expect(wordsPerSecond).toBeGreaterThan(0);
      before = words;
    }
    expect(seen.at(-1)!.fraction).toBe(1);
    expect(seen.filter(({ epoch }) => epoch === 0).at(-1)!.words).toBe(9000);
  });

  test("a sentence longer than a call is cut, one that does not fit waits for the next", async () => {
    const words = topicSentences(1200).flat();
    const parts = (...lengths: number[]): string[][] => {
      let at = 0;
      return lengths.map((n) => {
        at += n;
        return words.slice(at - n, at);
      });
    };
    const fit = { epochs: 1, minLearningRate: 0.05 };
    const whole = await trained({}, [words.slice(0, 10_000)], fit);
    const cut = await trained({}, parts(4095, 4095, 1810), fit);
    expect(vectorsOf(whole)).toEqual(vectorsOf(cut));
    const [some, shorter] = [parts(3000, 2000), parts(3000, 1999, 1)];
    expect(vectorsOf(await trained({}, some, fit))).not.toEqual(
      vectorsOf(await trained({}, shorter, fit)),
    );
    const seen: number[] = [];
    await trained({}, some, { ...fit, onProgress: (p) => seen.push(p.words) });
    expect(seen).toEqual([3000, 5000]);
  });

  test("fit again goes on, with the words that it has", async () => {
    const model = await trained();
    const [words, before] = [model.words, vectorsOf(model)];
    await model.fit([["sun", "lava", "sea", "sand"], ["lava"]], { epochs: 1 });
    expect(model.words).toEqual(words);
    expect(vectorsOf(model)).not.toEqual(before);
    expect(() => model.vector("lava")).toThrow(RangeError);
    await expect(model.fit([["lava"]])).rejects.toThrow(/words of the vocabulary, got none/);
    await expect(Word2Vec.fromText(model.toText()).fit(topicSentences(9))).rejects.toThrow(
      /read from a file/,
    );
  });

  test("an aborted signal ends training; what waited is forgotten", async () => {
    const reason = new Error("enough");
    const early = AbortSignal.abort(reason);
    const model = new Word2Vec({ vectorSize: 8, minCount: 1, seed: 3 });
    await expect(model.fit(topicSentences(60), { signal: early })).rejects.toBe(reason);
    expect(model.words).toEqual([]);
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ words }: Word2VecProgress) => {
      seen.push(words);
      stop.abort(reason);
    };
    const long = topicSentences(2000);
    await expect(model.fit(long, { signal: stop.signal, onProgress })).rejects.toBe(reason);
    expect(seen.length).toBe(1);
    expect(seen[0]).toBeLessThan(18_000);
    const again: number[] = [];
    await model.fit([["sun", "sea"]], { epochs: 1, onProgress: (p) => again.push(p.words) });
    expect(again).toEqual([2]);
  });

  test("a signal is looked at while words are counted, in the midst of a sentence too", async () => {
    const reason = new Error("enough");
    const stop = new AbortController();
    const sentence: unknown[] = new Array(20_000).fill("sun");
    Object.defineProperty(sentence, 100, {
      get() {
        stop.abort(reason);
        return "sea";
      },
    });
    sentence[10_000] = 7; // it does not come to this
    const model = new Word2Vec({ minCount: 1 });
    const fitting = model.fit([sentence as string[]], { signal: stop.signal });
    await expect(fitting).rejects.toBe(reason);
    expect(model.words).toEqual([]);
  });

  test("what onProgress throws ends training, its promise is waited for; one fit at a time", async () => {
    const model = new Word2Vec({ vectorSize: 8, minCount: 1, seed: 3 });
    const broken = async () => Promise.reject(new Error("no disk"));
    await expect(model.fit(topicSentences(9), { onProgress: broken })).rejects.toThrow("no disk");
    const running = model.fit(topicSentences(60));
    await expect(model.fit(topicSentences(9))).rejects.toThrow(/is being trained/);
    await running;
    await model.fit(topicSentences(9));
  });

  test("a model goes on under the kernels that it was made under", async () => {
    const twin = await trained();
    const model = await trained();
    await init({ replace: true });
    await twin.fit(topicSentences(20));
    await model.fit(topicSentences(20));
    expect(vectorsOf(model)).toEqual(vectorsOf(twin));
  });

  test("disposed of: used no more, and twice is no error", async () => {
    const model = await trained();
    model.dispose();
    model[Symbol.dispose]();
    for (const use of [
      () => model.vector("sun"),
      () => model.mostSimilar("sun"),
      () => model.mostSimilar(new Float32Array(8)),
      () => model.analogy({ positive: ["sun"] }),
      () => model.toText(),
    ])
      expect(use).toThrow(/disposed of/);
    await expect(model.fit(topicSentences(2))).rejects.toThrow(/disposed of/);
    const other = new Word2Vec({ minCount: 1 });
    const onProgress = () => other.dispose();
    await expect(other.fit(topicSentences(9), { onProgress })).rejects.toThrow(/disposed of/);
  });

  test.each(architectures)("%s: a window far wider than any sentence", async (architecture) => {
    const options = { architecture, window: 2 ** 30 };
    const model = await trained(options, [["a", "b", "c", "d"]], { epochs: 3, learningRate: 1 });
    expect(vectorsOf(model).every(Number.isFinite)).toBe(true);
    // 1 … window is hardly ever less than a sentence: every word is in every window
    const same = await trained({ ...options, window: 2 ** 29 }, [["a", "b", "c", "d"]], {
      epochs: 3,
      learningRate: 1,
    });
    expect(vectorsOf(model)).toEqual(vectorsOf(same));
  });

  test("one word; two words", async () => {
    const one = await trained({}, [["a", "a", "a"]]);
    expect(one.mostSimilar("a")).toEqual([]);
    expect(vectorsOf(one).every(Number.isFinite)).toBe(true);
    const two = await trained({}, [["a", "b"]]);
    expect(two.mostSimilar("a").map(([word]) => word)).toEqual(["b"]);
  });
});

describe("neighbours", () => {
  const size = 9;
  const names = Array.from({ length: 40 }, (_, i) => `w${i}`);
  const rows = names.map((_, i) => [...uniform(size, i)]);
  const model = modelOf(Object.fromEntries(names.map((name, i) => [name, rows[i]!])));
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((s, x, i) => s + x * b[i]!, 0);
  const unit = (a: readonly number[]) => a.map((x) => x / Math.sqrt(dot(a, a)));
  const cosine = (a: readonly number[], b: readonly number[]) => dot(unit(a), unit(b));
  /** All words by their similarity to a vector. */
  const ranking = (target: readonly number[], without: readonly number[]) =>
    names
      .map((name, i) => [name, cosine(target, rows[i]!)] as const)
      .filter((_, i) => !without.includes(i))
      .sort(([, a], [, b]) => b - a);
  const expectRanking = (found: readonly (readonly [string, number])[], all: typeof found) => {
    expect(found.map(([name]) => name)).toEqual(all.slice(0, found.length).map(([name]) => name));
    const similarities = found.map(([, similarity]) => similarity);
    expectClose(
      similarities,
      all.slice(0, found.length).map(([, s]) => s),
      { atol: 1e-12, rtol: 0 },
      "similarity",
    );
  };

  test("of a word, without itself; of a vector; as many as asked for", () => {
    expect(model.mostSimilar("w3").length).toBe(10);
    expectRanking(model.mostSimilar("w3"), ranking(rows[3]!, [3]));
    expectRanking(model.mostSimilar("w3", 1), ranking(rows[3]!, [3]));
    expectRanking(model.mostSimilar(rows[3]!, 5), ranking(rows[3]!, []));
    expectRanking(model.mostSimilar(Float32Array.from(rows[3]!), 100), ranking(rows[3]!, []));
    expect(model.mostSimilar("w3", 100).length).toBe(39);
    expect(model.similarity("w3", "w8")).toBeCloseTo(cosine(rows[3]!, rows[8]!), 12);
  });

  test("analogies: by the directions of the words, without these", () => {
    const given = ["w1", "w2", "w3"] as const;
    const [a, b, c] = [1, 2, 3].map((i) => unit(rows[i]!)) as [number[], number[], number[]];
    const target = a.map((x, i) => x + b[i]! - c[i]!);
    const found = model.analogy({ positive: [given[0], given[1]], negative: [given[2]] }, 39);
    expectRanking(found, ranking(target, [1, 2, 3]));
    expectRanking(model.analogy({ positive: ["w1"] }), ranking(a, [1]));
  });

  test("a vector of zeros is similar to nothing", () => {
    const zero = modelOf({ a: [0, 0], b: [1, 2] });
    expect(zero.similarity("a", "b")).toBe(0);
    expect(zero.mostSimilar("a")).toEqual([["b", 0]]);
  });

  test("wrong arguments", () => {
    expectErrors([
      ["unknown", RangeError, () => model.vector("lava"), /^Word2Vec\.vector: .*got "lava"/],
      ["before fit", RangeError, () => new Word2Vec().vector("sun"), /"sun"/],
      [
        "unknown",
        RangeError,
        () => model.similarity("w1", "lava"),
        /^Word2Vec\.similarity: .*"lava"/,
      ],
      ["unknown", RangeError, () => model.mostSimilar("lava"), /^Word2Vec\.mostSimilar: .*"lava"/],
      [
        "unknown",
        RangeError,
        () => model.analogy({ positive: ["w1"], negative: ["lava"] }),
        /"lava"/,
      ],
      ["no string", TypeError, () => model.vector(wrong(7)), /a word/],
      ["another size", RangeError, () => model.mostSimilar([1, 2]), /9 numbers, got 2/],
      ["not finite", RangeError, () => model.mostSimilar(rows[0]!.with(4, Number.NaN)), /finite/],
      ["no numbers", TypeError, () => model.mostSimilar(wrong(names.slice(0, 9))), /numbers/],
      ["no vector", TypeError, () => model.mostSimilar(wrong({})), /a word, or a vector/],
      // @ts-expect-error: what vectors are made of are numbers that need not be whole
      ["whole numbers", TypeError, () => model.mostSimilar(new Int32Array(9)), /got an Int32Array/],
      ["n", RangeError, () => model.mostSimilar("w1", 0), /n to be a whole number/],
      ["n", TypeError, () => model.analogy({ positive: ["w1"] }, wrong("3")), /n to be/],
      ["no words", RangeError, () => model.analogy({ positive: [] }), /at least one positive word/],
      ["a string", TypeError, () => model.analogy({ positive: wrong("w1") }), /in arrays/],
      ["misspelt", TypeError, () => model.analogy(wrong({ positive: ["w1"], minus: [] })), /minus/],
    ]);
  });
});

test("options: out of range, of the wrong kind, unknown", () => {
  const make = (options: object) => () => new Word2Vec(options);
  expectErrors([
    ["architecture", RangeError, make({ architecture: "glove" }), /"skipgram" or "cbow"/],
    ["vectorSize", RangeError, make({ vectorSize: 0 }), /vectorSize/],
    ["window", RangeError, make({ window: 1.5 }), /window/],
    [
      "window",
      RangeError,
      make({ window: 2 ** 30 + 1 }),
      /window .* at most 1073741824, got 1073741825/,
    ],
    ["window", RangeError, make({ window: 2 ** 32 + 5 }), /window/],
    ["negative", RangeError, make({ negative: 0 }), /negative/],
    ["negative", RangeError, make({ negative: 2 ** 30 + 1 }), /negative .* at most 1073741824/],
    ["minCount", RangeError, make({ minCount: 0 }), /minCount/],
    ["subsample", RangeError, make({ subsample: -1e-3 }), /subsample/],
    ["subsample", RangeError, make({ subsample: Number.NaN }), /subsample/],
    ["seed", RangeError, make({ seed: -1 }), /seed/],
    ["window", TypeError, make({ window: "5" }), /window/],
    ["misspelt", TypeError, make({ size: 100 }), /got size/],
  ]);
});

test("options that are undefined are as if they were left out", async () => {
  const u: undefined = undefined;
  const sentences = topicSentences(30);
  const sizes = { architecture: u, vectorSize: u, window: u, negative: u, minCount: u };
  const [model, plain] = [
    new Word2Vec({ ...sizes, subsample: u, seed: 1 }),
    new Word2Vec({ seed: 1 }),
  ];
  await plain.fit(sentences);
  const rates = { learningRate: u, minLearningRate: u };
  await model.fit(sentences, { epochs: u, ...rates, onProgress: u, signal: u });
  expect(vectorsOf(model)).toEqual(vectorsOf(plain));
  const terms = { positive: ["sun"], negative: u };
  expect(model.analogy(terms)).toEqual(plain.analogy({ positive: ["sun"] }));
  expect(new Word2Vec({ seed: u }).words).toEqual([]);
});

test("fit: wrong arguments reject before anything has changed", async () => {
  const model = new Word2Vec({ minCount: 2 });
  const fitting = (sentences: unknown, options?: object) => () =>
    model.fit(wrong(sentences), options);
  const fine = [["a", "b", "a"]];
  await expectRejections([
    ["no sentences", TypeError, fitting(undefined), /sentences to be an array/],
    ["a text", TypeError, fitting("a b a"), /sentences to be an array/],
    ["a generator", TypeError, fitting(fine.values()), /more than once/],
    ["a sentence that is a string", TypeError, fitting(["a b a"]), /every sentence to be an array/],
    ["a word that is a number", TypeError, fitting([["a", "a", 1]]), /every word to be a string/],
    ["a word of nothing", RangeError, fitting([["a", ""]]), /some characters/],
    ["nothing", RangeError, fitting([]), /at least 2 times \(minCount\), got no words/],
    [
      "nothing, and all would do",
      RangeError,
      () => new Word2Vec({ minCount: 1 }).fit([[]]),
      /at least 1 time \(minCount\), got no words/,
    ],
    [
      "rare words",
      RangeError,
      fitting([["a", "b"]]),
      /at least 2 times \(minCount\), got none among 2/,
    ],
    ["epochs", RangeError, fitting(fine, { epochs: 0 }), /epochs/],
    ["learningRate", RangeError, fitting(fine, { learningRate: -1 }), /learningRate/],
    ["learningRate", TypeError, fitting(fine, { learningRate: "1" }), /learningRate/],
    [
      "minLearningRate",
      RangeError,
      fitting(fine, { minLearningRate: 1 }),
      /no more than learningRate/,
    ],
    ["onProgress", TypeError, fitting(fine, { onProgress: 1 }), /onProgress/],
    ["signal", TypeError, fitting(fine, { signal: {} }), /AbortSignal/],
    ["misspelt", TypeError, fitting(fine, { epoch: 1 }), /got epoch/],
  ]);
  expect(model.words).toEqual([]);
});
