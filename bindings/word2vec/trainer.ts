import { HeapPiece, wholeVectors } from "../core/heap.ts";
import type { Draw, Streams } from "../core/random.ts";
import { type Word2VecKernels, word2vecKernels } from "../core/word2vec.ts";
import { keepThresholds, noiseTable } from "./sampling.ts";
import { type TrainingField, trainingFields } from "./table.ts";
import type { WordVectors } from "./vectors.ts";

/** How words predict one another. */
export interface TrainingSettings {
  readonly cbow: boolean;
  readonly window: number;
  readonly negative: number;
  readonly subsample: number;
}

/** Words of one call of the kernel, the end of each sentence counted as one: some 3 ms of work. */
const callWords = 4096;

/** As many rows as the kernel takes at a time. */
const rowGroup = 6;

/** Fills vectors with numbers spread evenly over ±1 / (2 · size), as the authors' program does; what pads a row stays 0. */
function initialize(
  { piece, runtime, size, stride }: WordVectors,
  { low, high, stream }: Draw,
): void {
  const bound = 0.5 / size;
  runtime.kernels.random_uniform(piece.address, piece.floats, low, high, stream, -bound, bound);
  const { view } = piece;
  for (let end = stride; end <= view.length; end += stride) view.fill(0, end - stride + size, end);
}

/** Trains vectors: what the kernel needs beside them, and the words that wait for its next call. */
export class Trainer {
  readonly #vectors: WordVectors;
  readonly #streams: Streams;
  readonly #kernels: Word2VecKernels;
  readonly #piece: HeapPiece;
  readonly #table: number;
  readonly #words: number;
  readonly #waiting = new Int32Array(callWords);
  #filled = 0;
  #sentences = 0;

  /** `counts`: how often each word of the vocabulary occurs. */
  constructor(
    vectors: WordVectors,
    counts: readonly number[],
    settings: TrainingSettings,
    streams: Streams,
  ) {
    const { runtime, stride } = vectors;
    const { window, negative } = settings;
    const rows = Math.ceil((negative + 1) / rowGroup) * rowGroup;
    const sizes = {
      output: vectors.piece.floats,
      keep: counts.length,
      noise: 2 * counts.length,
      words: callWords,
      kept: callWords,
      random: callWords,
      draws: 2 * Math.min(window, callWords) * negative,
      rows,
      slopes: rows,
      mean: stride,
      error: stride,
    };
    const all = Object.entries(sizes).map(([name, words]) => [name, wholeVectors(words)] as const);
    const table = wholeVectors(trainingFields.length);
    const total = all.reduce((sum, [, words]) => sum + words, table);
    this.#vectors = vectors;
    this.#streams = streams;
    this.#kernels = word2vecKernels(runtime);
    this.#piece = new HeapPiece(runtime.heap, total);
    this.#table = this.#piece.address;
    const at = {} as Record<keyof typeof sizes, number>;
    let next = this.#table + 4 * table;
    for (const [name, words] of all) {
      at[name as keyof typeof sizes] = next;
      next += 4 * words;
    }
    this.#words = at.words;
    const draw = streams.next();
    runtime.heap.i32.set(keepThresholds(counts, settings.subsample), at.keep >>> 2);
    runtime.heap.i32.set(noiseTable(counts), at.noise >>> 2);
    this.#fill({
      ...at,
      input: vectors.piece.address,
      vocabulary: counts.length,
      size: stride,
      window,
      negative,
      cbow: settings.cbow ? 1 : 0,
      seedLow: draw.low,
      seedHigh: draw.high,
    });
    initialize(vectors, draw);
  }

  #fill(values: Partial<Record<TrainingField, number>>): void {
    const first = this.#table >>> 2;
    trainingFields.forEach((field, i) => {
      this.#vectors.runtime.heap.i32[first + i] = values[field] ?? 0;
    });
  }

  /** Forgets words that wait, of training that was ended. */
  clear(): void {
    this.#filled = 0;
    this.#sentences = 0;
  }

  /**
   * Takes the words of a sentence that are in the vocabulary, from the i-th on, as many as there is room for. Returns where it
   * stopped: before the end there has to be a call of `train` first. A sentence that alone is too long is cut in parts.
   */
  take(sentence: readonly string[], from: number): number {
    const { vocabulary } = this.#vectors;
    const waiting = this.#waiting;
    const begin = this.#filled;
    let i = from;
    for (; i < sentence.length && this.#filled < callWords - 1; i++) {
      const place = vocabulary.find(sentence[i]!);
      if (place !== undefined) waiting[this.#filled++] = place;
    }
    if (i < sentence.length && begin > 0) {
      this.#filled = begin; // there is more room in the next call
      return from;
    }
    if (this.#filled > begin) {
      waiting[this.#filled++] = -1;
      this.#sentences++;
    }
    return i;
  }

  /** Trains on the words that wait, at this learning rate. Returns how many they were. */
  train(rate: number): number {
    const words = this.#filled - this.#sentences;
    if (words === 0) return 0;
    if (this.#piece.disposed) throw new Error("Word2Vec.fit: the model was disposed of meanwhile");
    const { heap } = this.#vectors.runtime;
    heap.i32.set(this.#waiting.subarray(0, this.#filled), this.#words >>> 2);
    const { stream } = this.#streams.next();
    this.#kernels.word_vectors_train(this.#table, this.#filled, rate, stream);
    this.clear();
    return words;
  }

  dispose(): void {
    this.#piece.dispose();
  }
}
