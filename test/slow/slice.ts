/** How much of a slow test to run: all of it, or with GATEWISE_SLICE set (in CI) a part. */
export const slice = (all: number, part: number): number =>
  process.env.GATEWISE_SLICE ? part : all;
