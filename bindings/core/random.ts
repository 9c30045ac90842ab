import { checkSize } from "./check.ts";

/** A seed as the two words of the generator's key. Without a seed every call gets another one. */
export function seedWords(where: string, seed: number | undefined): [low: number, high: number] {
  const value = checkSize(
    where,
    "seed",
    seed ?? Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
    0,
  );
  return [value | 0, Math.floor(value / 2 ** 32) | 0];
}

/** Where the numbers of one call come from: the key of a seed, and a stream of it. */
export interface Draw {
  readonly low: number;
  readonly high: number;
  readonly stream: number;
}

/** Streams from here on are for what draws again at every call: initial weights, which have the first few, are others. */
const firstStream = 2 ** 30;

/** What a layer draws from that wants other numbers at every call: a stream for each, in order, so that a run can be repeated. */
export class Streams {
  readonly #low: number;
  readonly #high: number;
  #next = firstStream;

  constructor(where: string, seed: number | undefined) {
    [this.#low, this.#high] = seedWords(where, seed);
  }

  next(): Draw {
    return { low: this.#low, high: this.#high, stream: this.#next++ | 0 };
  }
}
