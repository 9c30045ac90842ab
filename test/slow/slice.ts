/** How much of a slow test to run: all of it, or with GATEWISE_SLICE set (in CI) a part. */
export const slice = (all: number, part: number): number =>
  process.env.GATEWISE_SLICE ? part : all;

/** The middle one of an odd number of values, the lower of the two in the middle of an even one. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
