import { checkSize, kindError, valueError } from "../core/check.ts";
import { shuffled } from "../data/shuffle.ts";
import { type Batch, type Batches, batchesOf, countOf, readBatch } from "./data.ts";
import type { Trainer } from "./trainer.ts";

/** Where batches come from. */
export interface Source {
  /** How many a pass brings, where that is known. */
  readonly batches: number | undefined;
  /** One pass through them all; passes count from 0. */
  open(pass: number): Iterable<Batch> | AsyncIterable<Batch>;
}

/** Batches of data that is there, checked as a whole before anything begins. */
export function fromData(
  where: string,
  trainer: Trainer,
  data: Batch,
  batchSize: number,
  shuffle?: { readonly seed?: number | undefined },
): Source {
  trainer.check(where, data, batchSize);
  const seed = shuffle?.seed;
  if (seed !== undefined) checkSize(where, "seed", seed, 0);
  const n = countOf(data);
  return {
    batches: Math.ceil(n / batchSize),
    open: (pass) => batchesOf(data, batchSize, shuffle && shuffled(n, seed, pass)),
  };
}

/** Batches from elsewhere: each is checked when it comes. A function is called for every pass. */
export function fromBatches(
  where: string,
  trainer: Trainer,
  source: Batches | (() => Batches),
): Source {
  const fromFunction = typeof source === "function";
  if (!fromFunction) checkIterable(where, source);
  return {
    batches: fromFunction ? undefined : knownCount(source),
    async *open() {
      const pass = fromFunction ? source() : source;
      checkIterable(where, pass);
      for await (const given of pass) {
        const batch = readBatch(where, given);
        trainer.check(where, batch);
        yield batch;
      }
    },
  };
}

/** How many batches there are, where an array says so by its length, or another iterable by its count. */
function knownCount(source: Batches): number | undefined {
  const { length, count = length } = source as { readonly length?: unknown; count?: unknown };
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : undefined;
}

function checkIterable(where: string, value: unknown): void {
  const iterable =
    typeof value === "object" &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
  if (!iterable) throw kindError(where, "x and y, or batches that can be iterated over", value);
}

/** Hands out the batches of each epoch: those of one pass or, with `steps`, as many as that, pass after pass. */
export class Supply {
  readonly #where: string;
  readonly #source: Source;
  readonly #steps: number | undefined;
  #pass = 0;
  #iterator: Iterator<Batch> | AsyncIterator<Batch> | undefined;

  constructor(where: string, source: Source, steps?: number) {
    this.#where = where;
    this.#source = source;
    this.#steps = steps;
  }

  /** How many batches an epoch has, where that is known. */
  get batches(): number | undefined {
    return this.#steps ?? this.#source.batches;
  }

  /** The batches of the next epoch. Throws a RangeError where a pass brings none. */
  async *epoch(): AsyncGenerator<Batch> {
    let fresh = this.#iterator === undefined;
    for (let taken = 0; taken !== this.#steps; ) {
      this.#iterator ??= begin(this.#source.open(this.#pass++));
      const { done, value } = await this.#iterator.next();
      if (!done) {
        taken++;
        fresh = false;
        yield value;
        continue;
      }
      this.#iterator = undefined;
      if (fresh)
        throw valueError(
          this.#where,
          "at least one batch in every pass",
          "none (a generator runs once: give a function that makes one)",
        );
      if (this.#steps === undefined) return;
      fresh = true;
    }
  }

  /** Lets go of a pass that is under way. */
  async close(): Promise<void> {
    await this.#iterator?.return?.();
  }
}

const begin = (pass: Iterable<Batch> | AsyncIterable<Batch>) =>
  Symbol.asyncIterator in pass ? pass[Symbol.asyncIterator]() : pass[Symbol.iterator]();
