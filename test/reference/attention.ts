import { at, build, type NdArray } from "./arrays.ts";

/** Scores a query [B, S, ·] against a key [B, T, ·]: of one pair. */
type Score = (b: number, s: number, t: number) => number;

/** Values weighed by the softmax of scores over the keys that count. */
export function attend(
  score: Score,
  [B, S, T]: readonly [number, number, number],
  values: NdArray,
  counts: (b: number, t: number) => boolean,
): { context: NdArray; weights: NdArray } {
  const weights = build([B, S, T], ([b, s, t]) => {
    if (!counts(b!, t!)) return 0;
    let sum = 0;
    for (let k = 0; k < T; k++)
      if (counts(b!, k)) sum += Math.exp(score(b!, s!, k) - score(b!, s!, t!));
    return 1 / sum;
  });
  const context = build([B, S, values.shape[2]!], ([b, s, n]) => {
    let sum = 0;
    for (let t = 0; t < T; t++) sum += at(weights, [b!, s!, t]) * at(values, [b!, t, n!]);
    return sum;
  });
  return { context, weights };
}

/** q · k */
export const dotScore =
  (q: NdArray, k: NdArray): Score =>
  (b, s, t) => {
    let sum = 0;
    for (let i = 0; i < k.shape[2]!; i++) sum += at(q, [b, s, i]) * at(k, [b, t, i]);
    return sum;
  };

/** q · W k */
export const generalScore =
  (q: NdArray, k: NdArray, w: NdArray): Score =>
  (b, s, t) => {
    let sum = 0;
    for (let i = 0; i < w.shape[0]!; i++)
      for (let j = 0; j < w.shape[1]!; j++)
        sum += at(q, [b, s, i]) * at(w, [i, j]) * at(k, [b, t, j]);
    return sum;
  };

/** v · tanh(q + k) */
export const additiveScore =
  (q: NdArray, k: NdArray, v: NdArray): Score =>
  (b, s, t) => {
    let sum = 0;
    for (let i = 0; i < v.shape[0]!; i++)
      sum += at(v, [i]) * Math.tanh(at(q, [b, s, i]) + at(k, [b, t, i]));
    return sum;
  };
