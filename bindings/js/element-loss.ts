import type { Extras } from "../core/extras.ts";
import type { Heap } from "./heap.ts";
import { clip, exp, isClipped, log, log1p, sigmoid } from "./math.ts";

export type ElementLossKernels = Pick<Extras, "element_loss_forward" | "element_loss_backward">;

/** A function of a prediction, its target and Huber's delta. */
type Pairwise = (p: number, t: number, delta: number) => number;

const bound = (x: number, limit: number): number => (x < -limit ? -limit : x > limit ? limit : x);

/** In the order of the kinds in assembly/element-loss.ts. */
const values: readonly Pairwise[] = [
  (p, t) => (p - t) * (p - t),
  (p, t) => Math.abs(p - t),
  (p, t, delta) => {
    const s = bound(p - t, delta);
    return s * (p - t - 0.5 * s);
  },
  (p, t) => {
    const c = clip(p);
    return -(t * log(c) + (1 - t) * log(1 - c));
  },
  (p, t) => (p < 0 ? 0 : p) - p * t + log1p(exp(-Math.abs(p))),
];

/** The derivatives of those by p; then those of the last two by t. */
const slopes: readonly Pairwise[] = [
  (p, t) => 2 * (p - t),
  (p, t) => (p > t ? 1 : p < t ? -1 : 0),
  (p, t, delta) => bound(p - t, delta),
  (p, t) => (isClipped(p) ? 0 : (p - t) / (p * (1 - p))),
  (p, t) => sigmoid(p) - t,
  (p) => log(1 - clip(p)) - log(clip(p)),
  (p) => -p,
];

export const elementLossKernels = (heap: Heap): ElementLossKernels => ({
  /** y = loss of p and t. */
  element_loss_forward(y, p, t, delta, n, kind) {
    const f = heap.f32;
    const value = values[kind]!;
    const limit = Math.fround(delta);
    const [to, a, b] = [y >>> 2, p >>> 2, t >>> 2];
    for (let i = 0; i < n; i++) f[to + i] = value(f[a + i]!, f[b + i]!, limit);
  },

  /** d += dy · slope. */
  element_loss_backward(d, dy, p, t, delta, n, kind) {
    const f = heap.f32;
    const slope = slopes[kind]!;
    const limit = Math.fround(delta);
    const [to, from, a, b] = [d >>> 2, dy >>> 2, p >>> 2, t >>> 2];
    for (let i = 0; i < n; i++)
      f[to + i] = f[to + i]! + f[from + i]! * slope(f[a + i]!, f[b + i]!, limit);
  },
});
