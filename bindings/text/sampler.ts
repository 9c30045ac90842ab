import { checkNumber, checkSize, valueError } from "../core/check.ts";
import { type Extras, extras } from "../core/extras.ts";
import { HeapPiece } from "../core/heap.ts";
import { Streams, seedWords } from "../core/random.ts";
import type { Runtime } from "../core/runtime.ts";

/** How a token is drawn from what a network makes of all of them. */
export interface SamplingOptions {
  /** Above 1 the unlikely becomes likelier, below 1 less so; 0 always takes the likeliest. Default 1. */
  readonly temperature?: number | undefined;
  /** Draws among so many of the likeliest only. Default: among all. */
  readonly topK?: number | undefined;
  /** Draws among the likeliest only, as many as have this probability together (Holtzman et al. 2020). Default 1: among all. */
  readonly topP?: number | undefined;
  /** The same seed gives the same text, in every engine. */
  readonly seed?: number | undefined;
}

export const samplingNames = ["temperature", "topK", "topP", "seed"] as const;

/** Uniform numbers drawn at a time. */
const drawn = 256;

/** Makes sure that options fit. Throws a RangeError for a negative temperature, a topP outside (0, 1] or a topK below 1. */
export function checkSampling(where: string, options: SamplingOptions): void {
  const { temperature = 1, topK = 1, topP = 1, seed } = options;
  checkNumber(where, "temperature", temperature, 0);
  checkSize(where, "topK", topK);
  checkNumber(where, "topP", topP, 0, 1);
  if (topP === 0) throw valueError(where, "topP above 0", topP);
  seedWords(where, seed);
}

/** Draws tokens; nothing is allocated for each. */
export class Sampler {
  readonly #where: string;
  readonly #runtime: Runtime;
  readonly #kernels: Extras;
  readonly #size: number;
  readonly #temperature: number;
  readonly #topK: number;
  readonly #topP: number;
  readonly #never: readonly number[];
  readonly #streams: Streams;
  readonly #weights: HeapPiece;
  readonly #uniform: HeapPiece;
  #left = 0;
  /** A heap of tokens, the likeliest first; behind it those that were taken from it, the last one first. */
  readonly #order: Int32Array;

  /** Out of `size` tokens, but `never` those. Throws where `checkSampling` does. */
  constructor(
    where: string,
    runtime: Runtime,
    size: number,
    options: SamplingOptions,
    never: readonly number[],
  ) {
    checkSampling(where, options);
    const { temperature = 1, topK = size, topP = 1, seed } = options;
    this.#where = where;
    this.#temperature = temperature;
    this.#topK = Math.min(topK, size);
    this.#topP = topP;
    this.#streams = new Streams(where, seed);
    this.#runtime = runtime;
    this.#kernels = extras(runtime);
    this.#size = size;
    this.#never = never;
    this.#order = new Int32Array(size);
    this.#weights = new HeapPiece(runtime.heap, size);
    this.#uniform = new HeapPiece(runtime.heap, drawn);
  }

  /** A token by logits [size], which are written to. Throws a RangeError where they are not numbers. */
  pick(logits: Float32Array): number {
    for (const token of this.#never) logits[token] = Number.NEGATIVE_INFINITY;
    let best = 0;
    for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
    if (!Number.isFinite(logits[best]!) || logits.includes(Number.NaN)) throw this.#notNumbers();
    if (this.#temperature === 0) return best;
    this.#soften(logits, logits[best]!);
    const u = this.#next();
    return this.#topK < this.#size || this.#topP < 1
      ? this.#pickOfLikeliest(u)
      : this.#pickOfAll(u);
  }

  #notNumbers(): RangeError {
    return valueError(this.#where, "a network that gives finite numbers", "others");
  }

  /** weights = softmax(logits / temperature) */
  #soften(logits: Float32Array, most: number): void {
    const { address } = this.#weights;
    const { f32 } = this.#runtime.heap;
    const at = address >>> 2;
    for (let i = 0; i < logits.length; i++) f32[at + i] = (logits[i]! - most) / this.#temperature;
    this.#kernels.softmax_forward(address, address, 1, this.#size);
  }

  /** The next uniform number of [0, 1). */
  #next(): number {
    const { heap, kernels } = this.#runtime;
    const { address } = this.#uniform;
    if (this.#left === 0) {
      const { low, high, stream } = this.#streams.next();
      kernels.random_uniform(address, drawn, low, high, stream, 0, 1);
      this.#left = drawn;
    }
    return heap.f32[(address >>> 2) + drawn - this.#left--]!;
  }

  #pickOfAll(u: number): number {
    const { f32 } = this.#runtime.heap;
    const at = this.#weights.address >>> 2;
    let total = 0;
    for (let i = 0; i < this.#size; i++) total += f32[at + i]!;
    const target = u * total;
    let sum = 0;
    for (let i = 0; i < this.#size; i++) {
      sum += f32[at + i]!;
      if (sum > target) return i;
    }
    throw this.#notNumbers();
  }

  #pickOfLikeliest(u: number): number {
    const order = this.#order;
    const { f32 } = this.#runtime.heap;
    const at = this.#weights.address >>> 2;
    let total = 0;
    for (let i = 0; i < this.#size; i++) {
      order[i] = i;
      total += f32[at + i]!;
    }
    for (let i = (this.#size >> 1) - 1; i >= 0; i--) this.#sink(i, this.#size);
    let kept = 0;
    let sum = 0;
    while (kept < this.#topK && sum < this.#topP * total) {
      const last = this.#size - ++kept;
      const token = order[0]!;
      order[0] = order[last]!;
      order[last] = token;
      this.#sink(0, last);
      sum += f32[at + token]!;
    }
    const target = u * sum;
    sum = 0;
    for (let i = this.#size - 1; i >= this.#size - kept; i--) {
      sum += f32[at + order[i]!]!;
      if (sum > target) return order[i]!;
    }
    throw this.#notNumbers();
  }

  /** Lets the token at `i` of the heap's first `n` sink to its place: below likelier ones, of equals below earlier ones. */
  #sink(i: number, n: number): void {
    const order = this.#order;
    const token = order[i]!;
    for (let child = 2 * i + 1; child < n; child = 2 * i + 1) {
      if (child + 1 < n && this.#isBefore(order[child + 1]!, order[child]!)) child++;
      if (!this.#isBefore(order[child]!, token)) break;
      order[i] = order[child]!;
      i = child;
    }
    order[i] = token;
  }

  #isBefore(a: number, b: number): boolean {
    const { f32 } = this.#runtime.heap;
    const at = this.#weights.address >>> 2;
    const difference = f32[at + a]! - f32[at + b]!;
    return difference > 0 || (difference === 0 && a < b);
  }

  dispose(): void {
    this.#weights.dispose();
    this.#uniform.dispose();
  }
}
