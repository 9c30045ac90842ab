import { checkOptions, checkSize } from "../core/check.ts";
import { Module } from "../core/module.ts";
import {
  checkShared,
  createParameters,
  initializeNormal,
  type Parameter,
} from "../core/parameter.ts";
import { seedWords } from "../core/random.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkPaddingIndex, embedding, type Indices } from "../ops/rows.ts";

/** What an embedding can be given. */
export interface EmbeddingOptions {
  /** The number that stands for padding: its row is zeros at first and gets no gradient. */
  readonly paddingIndex?: number | undefined;
  /** A weight [count, size] that is there already, such as another module's, taken as it is. Default: one of its own. */
  readonly weight?: Parameter | undefined;
  /** For the initial weights: the same seed gives the same bits in every engine. */
  readonly seed?: number | undefined;
}

const optionNames = ["paddingIndex", "weight", "seed"] as const;

/**
 * A vector for each of `count` numbers, as torch.nn.Embedding: looks up rows, and learns them. Parameter: weight
 * [count, size], from the normal distribution with mean 0 and standard deviation 1.
 */
export class Embedding extends Module {
  /** How many vectors there are: indices reach from 0 to count - 1. */
  readonly count: number;
  /** Features of a vector. */
  readonly size: number;
  /** The number whose row is not trained, if any. */
  readonly paddingIndex: number | undefined;
  /** [count, size] */
  readonly weight: Parameter;

  /** Throws a RangeError for sizes below 1, a paddingIndex that is not there, or a weight of another shape. */
  constructor(count: number, size: number, options?: EmbeddingOptions) {
    super();
    const where = "Embedding";
    const { paddingIndex, weight, seed } = checkOptions(where, options, optionNames);
    this.count = checkSize(where, "count", count);
    this.size = checkSize(where, "size", size);
    if (paddingIndex !== undefined) checkPaddingIndex(where, paddingIndex, count);
    seedWords(where, seed);
    this.paddingIndex = paddingIndex;
    if (weight !== undefined) checkShared(where, weight, [count, size]);
    this.weight = weight ?? createParameters(where, { weight: [count, size] }).weight;
    if (weight !== undefined) return;
    initializeNormal(where, this.weight, 1, seed);
    if (paddingIndex !== undefined) this.#clear(paddingIndex);
  }

  #clear(row: number): void {
    const values = this.weight.data;
    this.weight.assign(values.fill(0, row * this.size, (row + 1) * this.size));
  }

  /**
   * Whole numbers of any shape, a tensor of them too → [...indices, size]: batches of sequences [batch, time] become [batch, time, size].
   * Throws a TypeError for what is not a number, a RangeError for one that is not there.
   */
  forward(indices: Indices | Tensor): Tensor {
    return embedding(this.weight, indices, { paddingIndex: this.paddingIndex });
  }
}
