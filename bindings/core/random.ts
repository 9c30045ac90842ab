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

/**
 * The seed of the nth thing that draws numbers under one seed; none where there is none. What shares a seed shares these n:
 * the weights of a layer of models count from 0, those of a bidirectional one's backward half from 16; cells of a stack, and
 * orders of passes through data, from 0.
 */
export const deriveSeed = (seed: number | undefined, n: number): number | undefined =>
  seed === undefined ? undefined : (seed + n * 2 ** 32) % 2 ** 53;

/** Where the numbers of one call come from: the key of a seed, and a stream of it. */
export interface Draw {
  readonly low: number;
  readonly high: number;
  readonly stream: number;
}

/** Streams from here on are for numbers drawn in place of ones that are not wanted; those drawn at first come from the first few. */
export const redrawStreams: number = 2 ** 29;

/** Streams from here on are for what draws again at every call. */
const firstStream = 2 ** 30;

/** What a layer draws from that wants other numbers at every call: a stream for each, in order, so that a run can be repeated. */
export class Streams {
  /** The key of the seed, and how many streams have been drawn: what it takes to go on from here in another run. */
  state: readonly [low: number, high: number, drawn: number];

  constructor(where: string, seed: number | undefined) {
    this.state = [...seedWords(where, seed), 0];
  }

  next(): Draw {
    const [low, high, drawn] = this.state;
    this.state = [low, high, drawn + 1];
    return { low, high, stream: (firstStream + drawn) | 0 };
  }
}
