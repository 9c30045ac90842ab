// Skip-gram and CBOW with negative sampling: the equations and the table stand in assembly/word-vectors.ts. The same random
// choices, in the same order; sums in float64.

import type { Word2VecKernels } from "../core/word2vec.ts";
import { type TrainingField, trainingFields } from "../word2vec/table.ts";
import type { Heap } from "./heap.ts";
import { sigmoid } from "./math.ts";
import { words as block, multiplyHigh, philox } from "./random.ts";

/** Where each word stands in the table. */
const word: Record<TrainingField, number> = /* @__PURE__ */ Object.fromEntries(
  trainingFields.map((field, at) => [field, at]),
) as Record<TrainingField, number>;

/** One call: the memory, and the table's words; addresses as offsets of elements. */
class Training {
  readonly f: Float32Array;
  readonly w: Int32Array;
  readonly size: number;
  readonly negative: number;
  readonly window: number;
  readonly input: number;
  readonly kept: number;
  readonly random: number;
  readonly draws: number;
  readonly rows: number;
  readonly slopes: number;
  readonly mean: number;
  readonly error: number;
  readonly #output: number;
  readonly #vocabulary: number;
  readonly #keep: number;
  readonly #noise: number;
  readonly #key: readonly [low: number, high: number];
  readonly #rate: number;
  readonly #stream: number;
  #block = 0;

  constructor(heap: Heap, table: number, rate: number, stream: number) {
    const value = (field: TrainingField): number => heap.i32[(table >>> 2) + word[field]]!;
    const at = (field: TrainingField): number => value(field) >>> 2;
    this.f = heap.f32;
    this.w = heap.i32;
    this.size = value("size");
    this.negative = value("negative");
    this.window = value("window");
    this.input = at("input");
    this.kept = at("kept");
    this.random = at("random");
    this.draws = at("draws");
    this.rows = at("rows");
    this.slopes = at("slopes");
    this.mean = at("mean");
    this.error = at("error");
    this.#output = at("output");
    this.#vocabulary = value("vocabulary");
    this.#keep = at("keep");
    this.#noise = at("noise");
    this.#key = [value("seedLow"), value("seedHigh")];
    this.#rate = Math.fround(rate);
    this.#stream = stream;
  }

  /** The next random words, in whole blocks. */
  draw(to: number, count: number): void {
    const [low, high] = this.#key;
    for (let i = 0; i < count; i += 4) {
      philox(this.#block++, this.#stream, low, high);
      for (let lane = 0; lane < 4; lane++) this.w[to + i + lane] = block[lane]!;
    }
  }

  /** Leaves out frequent words at random. Returns how many of `length` are left. */
  subsample(words: number, length: number): number {
    const { w } = this;
    this.draw(this.random, length);
    let left = 0;
    for (let i = 0; i < length; i++) {
      const one = w[words + i]!;
      if (w[this.random + i]! >>> 0 <= w[this.#keep + one]! >>> 0) w[this.kept + left++] = one;
    }
    return left;
  }

  /** The vector of the i-th word that is left. */
  row(i: number): number {
    return this.input + this.w[this.kept + i]! * this.size;
  }

  /** A word out of the noise. */
  #noiseWord(draw: number): number {
    const column = multiplyHigh(draw, this.#vocabulary);
    const entry = this.#noise + 2 * column;
    const fraction = Math.imul(draw, this.#vocabulary) >>> 0;
    return fraction < this.w[entry]! >>> 0 ? column : this.w[entry + 1]!;
  }

  /** rate · (1 - σ(u · h)) for the word itself, -rate · σ(u · h) for noise, 0 for noise that is the word. */
  #slope(k: number, h: number): number {
    const { f, w, size, rows } = this;
    const u = w[rows + k]!;
    if (k > 0 && u === w[rows]) return 0;
    let score = 0;
    for (let i = 0; i < size; i++) score += f[u + i]! * f[h + i]!;
    return this.#rate * ((k === 0 ? 1 : 0) - sigmoid(score));
  }

  /** e += Σ g u, u += g h. e is not h. */
  step(e: number, h: number, center: number, draws: number): void {
    const { f, w, size, negative, rows, slopes } = this;
    w[rows] = this.#output + center * size;
    for (let k = 0; k < negative; k++)
      w[rows + 1 + k] = this.#output + this.#noiseWord(w[draws + k]!) * size;
    for (let k = 0; k <= negative; k++) f[slopes + k] = this.#slope(k, h);
    for (let k = 0; k <= negative; k++) {
      const g = f[slopes + k]!;
      const u = w[rows + k]!;
      for (let i = 0; i < size; i++) {
        const before = f[u + i]!;
        f[e + i] = f[e + i]! + g * before;
        f[u + i] = before + g * f[h + i]!;
      }
    }
  }

  /** y += x. */
  add(y: number, x: number): void {
    for (let i = 0; i < this.size; i++) this.f[y + i] = this.f[y + i]! + this.f[x + i]!;
  }
}

/** Word t by each of the words first … last around it. */
function skipGram(s: Training, t: number, first: number, last: number): void {
  s.draw(s.draws, (last - first) * s.negative);
  let draws = s.draws;
  for (let c = first; c <= last; c++) {
    if (c === t) continue;
    const v = s.row(c);
    s.f.copyWithin(s.mean, v, v + s.size);
    s.step(v, s.mean, s.w[s.kept + t]!, draws);
    draws += s.negative;
  }
}

/** Word t by the mean of the words first … last around it. */
function cbow(s: Training, t: number, first: number, last: number): void {
  const { f, mean, error, size } = s;
  s.draw(s.draws, s.negative);
  f.fill(0, mean, mean + size);
  f.fill(0, error, error + size);
  for (let c = first; c <= last; c++) if (c !== t) s.add(mean, s.row(c));
  for (let i = 0; i < size; i++) f[mean + i] = f[mean + i]! / (last - first);
  s.step(error, mean, s.w[s.kept + t]!, s.draws);
  for (let c = first; c <= last; c++) if (c !== t) s.add(s.row(c), error);
}

export const wordVectorKernels = (heap: Heap): Word2VecKernels => ({
  word_vectors_train(table, n, rate, stream) {
    const s = new Training(heap, table, rate, stream);
    const { w } = s;
    const step = w[(table >>> 2) + word.cbow] ? cbow : skipGram;
    let words = w[(table >>> 2) + word.words]! >>> 2;
    for (const end = words + n; words < end; words++) {
      const begin = words;
      while (w[words]! >= 0) words++;
      const length = s.subsample(begin, words - begin);
      s.draw(s.random, length);
      for (let t = 0; t < length; t++) {
        const reach = 1 + multiplyHigh(w[s.random + t]!, s.window);
        const first = Math.max(t - reach, 0);
        const last = Math.min(t + reach, length - 1);
        if (first < last) step(s, t, first, last);
      }
    }
  },
});
