import { describe, kindError, valueError } from "../core/check.ts";

/** Sequences of tokens, each as long as it likes. */
export type TokenSequences = readonly (readonly number[] | Int32Array)[];

/** Sequences of tokens as one batch. */
export interface PaddedTokens {
  /** [batch · time] */
  readonly tokens: Int32Array;
  readonly lengths: Int32Array;
  readonly batch: number;
  /** As long as the longest, 1 at least. */
  readonly time: number;
}

/** What holds for the tokens of sequences. */
export interface TokenRules {
  /** Tokens reach from 0 to this less one. */
  readonly vocabulary: number;
  /** Fills sequences up; those that already are end before it. */
  readonly padToken: number;
  /** What must not be among them, by name. */
  readonly reserved?: Readonly<Record<string, number>>;
}

/**
 * Sequences of tokens padded to one batch; padding that they already end with does not count to their length.
 * Throws a TypeError or RangeError for what is not a token.
 */
export function padTokens(
  where: string,
  name: string,
  sequences: TokenSequences,
  rules: TokenRules,
): PaddedTokens {
  if (!Array.isArray(sequences))
    throw kindError(where, `${name} to be an array of sequences`, sequences);
  if (sequences.length === 0) throw valueError(where, `at least one sequence in ${name}`, "none");
  const lengths = Int32Array.from(sequences, (sequence) =>
    checkSequence(where, name, sequence, rules),
  );
  const batch = lengths.length;
  const time = lengths.reduce((most, n) => Math.max(most, n), 1);
  const tokens = new Int32Array(batch * time).fill(rules.padToken);
  lengths.forEach((length, b) => {
    for (let t = 0; t < length; t++) tokens[b * time + t] = sequences[b]![t]!;
  });
  return { tokens, lengths, batch, time };
}

/** How long a sequence is without its padding. */
function checkSequence(
  where: string,
  name: string,
  sequence: unknown,
  { vocabulary, padToken, reserved = {} }: TokenRules,
): number {
  if (!Array.isArray(sequence) && !(sequence instanceof Int32Array))
    throw kindError(where, `every sequence of ${name} to be an array of tokens`, sequence);
  let length = sequence.length;
  while (length > 0 && sequence[length - 1] === padToken) length--;
  for (let t = 0; t < length; t++) {
    const token: unknown = sequence[t];
    if (typeof token !== "number") throw kindError(where, `${name} to be numbers`, token);
    if (!Number.isInteger(token) || token < 0 || token >= vocabulary)
      throw valueError(
        where,
        `${name} to be whole numbers from 0 to ${vocabulary - 1}`,
        describe(token),
      );
    for (const [kind, value] of Object.entries(reserved))
      if (token === value) throw valueError(where, `${name} without ${kind}`, token);
  }
  return length;
}
