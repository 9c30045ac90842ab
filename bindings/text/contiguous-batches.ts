import { checkOptions, checkSize, kindError, valueError } from "../core/check.ts";

/** How a text is cut. */
export interface ContiguousBatchesOptions {
  /** How many parts the text is cut into, side by side. */
  readonly batchSize: number;
  /** Tokens of each part that a batch has. */
  readonly unroll: number;
}

/** A piece of every part of a text. */
export interface ContiguousBatch {
  /** [batch][time] */
  readonly inputs: readonly Int32Array[];
  /** [batch][time] the token that follows each. */
  readonly targets: readonly Int32Array[];
}

/** Batches of a text in order, as often as one likes. */
export interface ContiguousBatches extends Iterable<ContiguousBatch> {
  /** How many there are. */
  readonly length: number;
}

/**
 * A text, as numbers of tokens, for truncated back-propagation through time: it is cut into `batchSize` parts of equal
 * length, and each batch has the next `unroll` tokens of every part, the last one what is left. Row b of a batch goes on where
 * row b of the one before ended, so that the state can be carried over. Tokens at the end that do not fill all parts, fewer
 * than `batchSize`, are left out. The rows are views.
 * Throws a RangeError for a text of fewer than `batchSize` + 1 tokens.
 */
export function contiguousBatches(
  tokens: Int32Array,
  options: ContiguousBatchesOptions,
): ContiguousBatches {
  const where = "contiguousBatches";
  if (!(tokens instanceof Int32Array)) throw kindError(where, "tokens to be an Int32Array", tokens);
  const { batchSize, unroll } = checkOptions(where, options, ["batchSize", "unroll"]);
  checkSize(where, "batchSize", batchSize);
  checkSize(where, "unroll", unroll);
  const part = Math.floor((tokens.length - 1) / batchSize);
  if (part < 1) throw valueError(where, `at least ${batchSize + 1} tokens`, tokens.length);
  return {
    length: Math.ceil(part / unroll),
    *[Symbol.iterator]() {
      for (let start = 0; start < part; start += unroll) {
        const time = Math.min(unroll, part - start);
        const rows = (from: number): Int32Array[] =>
          Array.from({ length: batchSize }, (_, b) => {
            const first = b * part + start + from;
            return tokens.subarray(first, first + time);
          });
        yield { inputs: rows(0), targets: rows(1) };
      }
    },
  };
}
