import { mistakesIn } from "./write.mjs";

const kernelTests = ["test/kernels/word-vectors.test.ts"];
const wasm = mistakesIn("word vectors, wasm", "assembly/word-vectors.ts", kernelTests);
const js = mistakesIn("word vectors, js", "bindings/js/word-vectors.ts", kernelTests);
const samplingTests = ["test/word2vec/sampling.test.ts"];
const sampling = mistakesIn("word vectors", "bindings/word2vec/sampling.ts", samplingTests);
const modelTests = ["test/word2vec/word2vec.test.ts"];
const trainer = mistakesIn("word vectors, trainer", "bindings/word2vec/trainer.ts", modelTests);
const training = mistakesIn("word vectors, fit", "bindings/word2vec/fit.ts", modelTests);
const words = mistakesIn("word vectors, words", "bindings/word2vec/words.ts", modelTests);
const vectors = mistakesIn("word vectors", "bindings/word2vec/vectors.ts", modelTests);
const formats = mistakesIn("word vectors, formats", "bindings/word2vec/formats.ts", [
  "test/word2vec/formats.test.ts",
]);

export const wordVectorMistakes = [
  wasm("noise that is the word counts", [
    "v128.or(first, i32x4.ne(v128.load(rows), word))",
    "i32x4.splat(-1)",
  ]),
  wasm("every fourth row is the word", ["    label = f32x4.splat(0);\n", ""]),
  wasm("the second group sees what the first one did", [
    "if (s.negative >= GROUP)",
    "if (s.negative < 0)",
  ]),
  wasm("only the first group moves", [
    "update_rows(e, h, s.rows + at, s.slopes + at, s.size)",
    "update_rows(e, h, s.rows, s.slopes, s.size)",
  ]),
  wasm("the word is near itself", ["    if (c == t) continue;\n", ""]),
  wasm("windows are never shrunk", ["1 + <i32>((u * <u64>s.window) >> 32)", "s.window"]),
  wasm("every word stays", ["if (load<u32>(s.random + i) > ", "if (0 > "]),
  wasm("the same noise for each word of the window", [
    "    draws += (<usize>s.negative) << 2;\n",
    "",
  ]),
  wasm("alias never taken", ["<u32>place < load<u32>(entry) ? column :", "true ? column :"]),
  wasm("CBOW: a sum for the mean", ["f32x4.splat(<f32>1 / <f32>(last - first))", "f32x4.splat(1)"]),
  wasm("CBOW: the error of the last window, too", ["  memory.fill(s.error, 0, bytes);\n", ""]),
  wasm("the same random numbers all over", ["s.block++", "s.block"]),
  js("noise that is the word counts", ["if (k > 0 && u === w[rows]) return 0;", ""]),
  js("the word is near itself", ["    if (c === t) continue;\n", ""]),
  js("the rate left out", ["return this.#rate * ((k === 0", "return ((k === 0"]),
  js("CBOW: a sum for the mean", ["f[mean + i]! / (last - first)", "f[mean + i]!"]),
  js("the values after the step", ["this.#slope(k, h);", "this.#slope(k, e);"]),
  sampling("noise in proportion to count", [
    "Math.sqrt(count) * Math.sqrt(Math.sqrt(count))",
    "count",
  ]),
  sampling("the richer column keeps all", ["    left[rich]! -= 1 - left[poor]!;\n", ""]),
  sampling("the paper's subsampling, without the second term", [
    "Math.sqrt(ratio) + ratio",
    "Math.sqrt(ratio)",
  ]),
  trainer("vectors begin as zeros", ["-bound, bound);", "0, 0);"]),
  trainer("padding begins with numbers", [
    "view.fill(0, end - stride + size, end);",
    "view.fill(0, end, end);",
  ]),
  trainer("every call draws the same", [
    "const { stream } = this.#streams.next();",
    "const stream = 5;",
  ]),
  trainer("what waited before an abort stays", [
    "  clear(): void {\n    this.#filled = 0;",
    "  clear(): void {\n    this.#filled = this.#filled % 1000;",
  ]),
  trainer("a sentence is split over two calls", [
    "      this.#filled = begin; // there is more room in the next call\n      return from;",
    "      waiting[this.#filled++] = -1;\n      this.#sentences++;\n      return i;",
  ]),
  training("the rate stays", ["(learningRate - minLearningRate) * Math.min(done / all, 1)", "0"]),
  training("one epoch too few counted", ["const all = epochs * words;", "const all = words;"]),
  training("a signal is not looked at", [
    "    await pauses.pause();\n  };",
    "    await new Pauses(undefined).pause();\n  };",
  ]),
  training("counting looks at no signal", [
    "      if (++n % wordsAtATime === 0) await pauses.pause();\n",
    "",
  ]),
  training("sentences that do not come again pass", [
    "    if (!came)",
    "    if (epoch > 0 && !came)",
  ]),
  words("rare words stay", ["count >= minCount", "count >= 1"]),
  words("rare words first", ["b - a", "a - b"]),
  words("a generator passes", [
    'typeof (given as { next?: unknown }).next === "function"',
    "false",
  ]),
  vectors("neighbours by the product, not the angle", ["dot(a, b) / lengths", "dot(a, b)"]),
  vectors("the word is its own neighbour", ["      if (without.has(place)) continue;\n", ""]),
  vectors("farthest first", ["b - a", "a - b"]),
  vectors("analogy by vectors, not by directions", [
    "const length = Math.sqrt(dot(a, a)) || 1;",
    "const length = 1;",
  ]),
  formats("big-endian", ["setFloat32(at, value, true)", "setFloat32(at, value, false)"]),
  formats("six decimals", ["digits < 9", "digits < 6"], ["toPrecision(9)", "toPrecision(6)"]),
  formats("no line breaks between words", ["    bytes[at++] = newLine;\n", "    at++;\n"]),
  formats("line breaks are part of the next word", [
    "    while (bytes[at] === newLine) at++;\n    const end",
    "    const end",
  ]),
];
