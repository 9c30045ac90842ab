import {
  checkChoice,
  checkNumber,
  checkOptions,
  checkSize,
  kindError,
  valueError,
} from "../core/check.ts";
import { Streams } from "../core/random.ts";
import { runtime } from "../core/runtime.ts";
import { checkFitOptions, train, type Word2VecFitOptions } from "./fit.ts";
import { type Contents, readBinary, readText, writeBinary, writeText } from "./formats.ts";
import { Trainer } from "./trainer.ts";
import {
  addDirection,
  checkCount,
  checkVector,
  cosine,
  type Neighbour,
  WordVectors,
} from "./vectors.ts";
import { checkSentences, frequentWords, type Sentences, WordList } from "./words.ts";

/** How word vectors are to be. */
export interface Word2VecOptions {
  /** What predicts a word: each word around it by itself ("skipgram"), or all of them together. Default "cbow". */
  readonly architecture?: "skipgram" | "cbow" | undefined;
  /** Numbers of a vector. Default 100. */
  readonly vectorSize?: number | undefined;
  /** How many words to either side belong to the window, at most: for each word 1 to this many are drawn. Default 5, at most 2³⁰. */
  readonly window?: number | undefined;
  /** Words of noise against each word. Default 5. */
  readonly negative?: number | undefined;
  /** Words that occur less often are left out. Default 5. */
  readonly minCount?: number | undefined;
  /** Words more frequent than this share of all are left out at random, the more frequent the more often. Default 1e-3; 0: none. */
  readonly subsample?: number | undefined;
  /** The same seed, sentences and options give the same vectors. */
  readonly seed?: number | undefined;
}

/** The kernel counts in 32 bits, and adds the window to the place of a word. */
const most = 2 ** 30;

const optionNames = [
  "architecture",
  "vectorSize",
  "window",
  "negative",
  "minCount",
  "subsample",
  "seed",
] as const;

/**
 * Word vectors: T. Mikolov et al., "Efficient Estimation of Word Representations in Vector Space" and "Distributed
 * Representations of Words and Phrases and their Compositionality", 2013; skip-gram and CBOW with negative sampling, what
 * their program and gensim call word2vec, with gensim's defaults. Words that occur near the same words get vectors that
 * point the same way.
 *
 * Vectors live in the kernels' memory until nobody holds the model, or `dispose`. Throws a RangeError or TypeError for a
 * wrong option.
 */
export class Word2Vec {
  readonly #settings;
  readonly #streams: Streams;
  #vectors: WordVectors | undefined;
  #trainer: Trainer | undefined;
  #training = false;
  #disposed = false;

  constructor(options?: Word2VecOptions) {
    const where = "Word2Vec";
    const {
      architecture = "cbow",
      vectorSize = 100,
      window = 5,
      negative = 5,
      minCount = 5,
      subsample = 1e-3,
      seed,
    } = checkOptions(where, options, optionNames);
    this.#settings = {
      cbow: checkChoice(where, "architecture", architecture, ["skipgram", "cbow"]) === "cbow",
      vectorSize: checkSize(where, "vectorSize", vectorSize),
      window: checkSize(where, "window", window, 1, most),
      negative: checkSize(where, "negative", negative, 1, most),
      minCount: checkSize(where, "minCount", minCount),
      subsample: checkNumber(where, "subsample", subsample, 0, 1),
    };
    this.#streams = new Streams(where, seed);
  }

  /** The words that have vectors: frequent ones first, or as they stand in the file. None before `fit`. */
  get words(): readonly string[] {
    return this.#vectors?.vocabulary.words ?? [];
  }

  /** Numbers of a vector. */
  get vectorSize(): number {
    return this.#vectors?.size ?? this.#settings.vectorSize;
  }

  /**
   * Trains on sentences, arrays of words, gone through once to count and `epochs` times to learn: an array of them, or
   * an iterable that begins anew each time. The first call decides which words there are; another one goes on from there
   * and passes over words that are new. Sentences are cut after 4,095 words. A word may be any string, but none with white
   * space in it (such as the "\n" of gatewise/text's `split`) can be written to a file later. Others on the event loop have
   * their turn every few milliseconds.
   *
   * Rejects with a RangeError where no word occurs `minCount` times or a number is out of range, a TypeError for the wrong
   * kind of thing; both before anything has changed. With a RangeError, too, where sentences that were counted do not come
   * again. With the signal's reason once it is aborted: vectors are then as far as they came.
   */
  async fit(sentences: Sentences, options?: Word2VecFitOptions): Promise<void> {
    const where = "Word2Vec.fit";
    this.#checkUsable(where);
    const plan = checkFitOptions(where, checkSentences(where, sentences), options);
    if (this.#vectors && !this.#trainer)
      throw new Error(`${where}: vectors that were read from a file cannot be trained on`);
    if (this.#training) throw new Error(`${where}: called while the model is being trained`);
    this.#training = true;
    try {
      await train(where, plan, (counts) => this.#begin(where, counts));
    } finally {
      this.#training = false;
    }
  }

  /** What trains, made from the words counted where there is none yet. */
  #begin(where: string, counts: ReadonlyMap<string, number>): { trainer: Trainer; words: number } {
    this.#checkUsable(where);
    const { minCount, vectorSize, ...settings } = this.#settings;
    const vocabulary = this.#vectors?.vocabulary ?? frequentWords(where, counts, minCount);
    const occurrences = vocabulary.words.map((word) => counts.get(word) ?? 0);
    const words = occurrences.reduce((sum, count) => sum + count, 0);
    if (words === 0) throw valueError(where, "sentences with words of the vocabulary", "none");
    if (!this.#vectors || !this.#trainer) {
      const vectors = new WordVectors(runtime(), vocabulary, vectorSize);
      this.#trainer = new Trainer(vectors, occurrences, settings, this.#streams);
      this.#vectors = vectors;
    }
    return { trainer: this.#trainer, words };
  }

  /** A copy of a word's vector, `vectorSize` numbers. Throws a RangeError that names a word that is not there. */
  vector(word: string): Float32Array {
    const [vectors, place] = this.#locate("Word2Vec.vector", word);
    return vectors.row(place).slice();
  }

  /** How similar two words are: the cosine of the angle between their vectors. RangeError for a word that is not there. */
  similarity(a: string, b: string): number {
    const where = "Word2Vec.similarity";
    const [vectors, first] = this.#locate(where, a);
    const [, second] = this.#locate(where, b);
    return cosine(vectors.row(first), vectors.row(second));
  }

  /**
   * The `n` words (10) most similar to a word, itself aside, or to a vector; the most similar one first, each with the cosine.
   * RangeError for a word that is not there or a vector of another size.
   */
  mostSimilar(
    target: string | readonly number[] | Float32Array | Float64Array,
    n = 10,
  ): Neighbour[] {
    const where = "Word2Vec.mostSimilar";
    checkCount(where, n);
    if (typeof target === "string") {
      const [vectors, place] = this.#locate(where, target);
      return vectors.nearest(vectors.row(place), n, new Set([place]));
    }
    this.#checkUsable(where);
    const vector = checkVector(where, target, this.vectorSize);
    return this.#vectors?.nearest(vector, n, new Set()) ?? [];
  }

  /**
   * The `n` words (10) most similar to the sum of the directions of the positive words less those of the negative ones,
   * these aside: king and woman against man are to give queen (Mikolov et al. 2013). RangeError for a word that is not there.
   */
  analogy(
    terms: {
      readonly positive: readonly string[];
      readonly negative?: readonly string[] | undefined;
    },
    n = 10,
  ): Neighbour[] {
    const where = "Word2Vec.analogy";
    this.#checkUsable(where);
    const { positive, negative = [] } = checkOptions(where, terms, ["positive", "negative"]);
    for (const words of [positive, negative])
      if (!Array.isArray(words))
        throw kindError(where, "positive and negative words in arrays", words);
    if (positive.length === 0) throw valueError(where, "at least one positive word", "none");
    checkCount(where, n);
    const sum = new Float64Array(this.vectorSize);
    const given = new Set<number>();
    for (const [words, weight] of [
      [positive, 1],
      [negative, -1],
    ] as const)
      for (const word of words) {
        const [vectors, place] = this.#locate(where, word);
        addDirection(sum, vectors.row(place), weight);
        given.add(place);
      }
    return this.#vectors!.nearest(sum, n, given);
  }

  /**
   * The vectors in the text format of the authors' program, which gensim and others read: numbers in as few decimals as it takes
   * to read the same float32 back. Throws a RangeError where a word has a space or a line break in it. For many words, some
   * ten thousand on, `toBinary` is the better choice: it is written and read many times faster.
   */
  toText(): string {
    return writeText("Word2Vec.toText", this.#entries("Word2Vec.toText"));
  }

  /** The same in its binary format: half the size. */
  toBinary(): Uint8Array<ArrayBuffer> {
    return writeBinary("Word2Vec.toBinary", this.#entries("Word2Vec.toBinary"));
  }

  /**
   * Vectors out of the text format of the authors' program, to be asked but not to be trained: the format leaves out half
   * of what training needs. Throws a RangeError for a text of another kind.
   */
  static fromText(text: string): Word2Vec {
    return Word2Vec.#from(readText("Word2Vec.fromText", text));
  }

  /** The same out of its binary format, with or without line breaks between the words. */
  static fromBinary(bytes: Uint8Array | ArrayBuffer): Word2Vec {
    return Word2Vec.#from(readBinary("Word2Vec.fromBinary", bytes));
  }

  static #from({ words, size, values }: Contents): Word2Vec {
    const model = new Word2Vec({ vectorSize: size });
    const vectors = new WordVectors(runtime(), new WordList(words), size);
    for (let place = 0; place < words.length; place++)
      vectors.row(place).set(values.subarray(place * size, (place + 1) * size));
    model.#vectors = vectors;
    return model;
  }

  /** Gives the memory back at once. The model cannot be used any more; calling it again does nothing. */
  dispose(): void {
    this.#disposed = true;
    this.#trainer?.dispose();
    this.#vectors?.piece.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkUsable(where: string): void {
    if (this.#disposed) throw new Error(`${where}: used after the model was disposed of`);
  }

  #locate(where: string, word: string): [vectors: WordVectors, place: number] {
    this.#checkUsable(where);
    const place = (this.#vectors?.vocabulary ?? new WordList([])).place(where, word);
    return [this.#vectors!, place];
  }

  #entries(where: string) {
    this.#checkUsable(where);
    const { words, vectorSize: size } = this;
    return { words, size, row: (place: number) => this.#vectors!.row(place) };
  }
}
