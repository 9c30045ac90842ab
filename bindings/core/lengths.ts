import { describe, kindError, valueError } from "./check.ts";

/** How long each sequence of a batch is: whole numbers from 0 to the number of steps. */
export type SequenceLength = readonly number[] | Int32Array;

/** Whole-number lengths, one a sequence, none beyond the number of steps. */
export function checkLengths(
  where: string,
  name: string,
  lengths: SequenceLength | undefined,
  batch: number,
  time: number,
): readonly number[] | undefined {
  if (lengths === undefined) return undefined;
  if (!Array.isArray(lengths) && !(lengths instanceof Int32Array))
    throw kindError(where, `${name} to be an array of whole numbers`, lengths);
  if (lengths.length !== batch)
    throw valueError(where, `${name} to have ${batch} numbers, one a sequence`, lengths.length);
  for (const n of lengths) {
    if (typeof n !== "number") throw kindError(where, `${name} to be numbers`, n);
    if (!Number.isInteger(n) || n < 0 || n > time)
      throw valueError(where, `${name} to be whole numbers from 0 to ${time}`, describe(n));
  }
  return Array.from(lengths);
}
