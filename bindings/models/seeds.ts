/** The seed of the nth thing that draws numbers under one seed; none where there is none. */
export const deriveSeed = (seed: number | undefined, n: number): number | undefined =>
  seed === undefined ? undefined : (seed + n * 2 ** 32) % 2 ** 53;
