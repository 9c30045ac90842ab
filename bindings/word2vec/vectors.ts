import { checkSize, counted, kindError, valueError } from "../core/check.ts";
import { HeapPiece, wholeVectors } from "../core/heap.ts";
import type { Runtime } from "../core/runtime.ts";
import type { WordList } from "./words.ts";

/** A word and how similar it is: the cosine of the angle between two vectors, 1 for the same direction. */
export type Neighbour = readonly [word: string, similarity: number];

/** The vectors of words in the kernels' memory: row by row, each padded with zeros to whole vectors of four. */
export class WordVectors {
  readonly runtime: Runtime;
  readonly vocabulary: WordList;
  readonly size: number;
  /** Floats from one row to the next. */
  readonly stride: number;
  readonly piece: HeapPiece;

  /** All 0. */
  constructor(runtime: Runtime, vocabulary: WordList, size: number) {
    this.runtime = runtime;
    this.vocabulary = vocabulary;
    this.size = size;
    this.stride = wholeVectors(size);
    this.piece = new HeapPiece(runtime.heap, vocabulary.words.length * this.stride);
  }

  /** A row as it stands in memory. Not to be kept. */
  row(place: number): Float32Array {
    return this.piece.view.subarray(place * this.stride, place * this.stride + this.size);
  }

  /** The words nearest to a vector, nearest first, without those at the places left out. */
  nearest(target: ArrayLike<number>, n: number, without: ReadonlySet<number>): Neighbour[] {
    const best: [place: number, similarity: number][] = [];
    const sort = () => best.sort(([, a], [, b]) => b - a).splice(n);
    const { words } = this.vocabulary;
    for (let place = 0; place < words.length; place++) {
      if (without.has(place)) continue;
      best.push([place, cosine(target, this.row(place))]);
      if (best.length >= 2 * n) sort();
    }
    sort();
    return best.map(([place, similarity]) => [words[place]!, similarity]);
  }
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The cosine of the angle between two vectors; 0 where one of them is 0. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}

/** sum += weight · a / |a|. */
export function addDirection(sum: Float64Array, a: ArrayLike<number>, weight: number): void {
  const length = Math.sqrt(dot(a, a)) || 1;
  for (let i = 0; i < sum.length; i++) sum[i]! += (weight * a[i]!) / length;
}

/** A vector of `size` finite numbers. */
export function checkVector(where: string, value: unknown, size: number): ArrayLike<number> {
  if (!Array.isArray(value) && !(value instanceof Float32Array || value instanceof Float64Array))
    throw kindError(where, "a word, or a vector as an array", value);
  if (value.length !== size)
    throw valueError(where, `a vector of ${counted(size, "number")}`, value.length);
  for (const x of value) {
    if (typeof x !== "number") throw kindError(where, "a vector of numbers", x);
    if (!Number.isFinite(x)) throw valueError(where, "a vector of finite numbers", x);
  }
  return value;
}

export const checkCount = (where: string, n: unknown): number => checkSize(where, "n", n);
