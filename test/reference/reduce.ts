/** Sizes of an array seen as [outer, n, inner]. */
export interface Shape {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

/** Σ over the middle axis. */
export function sumAxis(x: Float64Array, { outer, n, inner }: Shape): Float64Array {
  const y = new Float64Array(outer * inner);
  for (let o = 0; o < outer; o++)
    for (let k = 0; k < n; k++)
      for (let i = 0; i < inner; i++) y[o * inner + i]! += x[(o * n + k) * inner + i]!;
  return y;
}

/** For each entry of [outer, inner] the first place of the largest in the middle axis; a NaN is larger than anything. */
export function argmaxAxis(x: Float64Array, { outer, n, inner }: Shape): Int32Array {
  return Int32Array.from({ length: outer * inner }, (_, at) => {
    const o = Math.floor(at / inner);
    const line = Array.from({ length: n }, (_, k) => x[(o * n + k) * inner + (at % inner)]!);
    const nan = line.findIndex(Number.isNaN);
    return nan >= 0 ? nan : line.indexOf(Math.max(...line));
  });
}

/** Where entry `at` of [outer, inner] has its k in [outer, n, inner]. */
export const place = (at: number, k: number, { n, inner }: Shape): number =>
  (Math.floor(at / inner) * n + k) * inner + (at % inner);
