import type { Extras } from "../core/extras.ts";
import type { Heap } from "./heap.ts";

export type OptimizerKernels = Pick<Extras, "adam_update" | "sgd_update">;

/** One loop over a slab of n parameters. Scalars are rounded to float32 first, 1 - β after it was taken in float64. */
export const optimizerKernels = (heap: Heap): OptimizerKernels => ({
  /** m = β₁ m + (1-β₁) g; v = β₂ v + (1-β₂) g²; value -= step m / (√v correction + ε)   (Kingma & Ba 2015). */
  adam_update(value, grad, m, v, n, step_size, beta1, beta2, correction, epsilon) {
    const f = heap.f32;
    const step = Math.fround(step_size);
    const b1 = Math.fround(beta1);
    const b2 = Math.fround(beta2);
    const g1 = Math.fround(1 - beta1);
    const g2 = Math.fround(1 - beta2);
    const root = Math.fround(correction);
    const floor = Math.fround(epsilon);
    let q = value >>> 2;
    let p = grad >>> 2;
    let a = m >>> 2;
    let b = v >>> 2;
    for (const end = q + n; q < end; q++, p++, a++, b++) {
      const g = f[p]!;
      const mean = b1 * f[a]! + g1 * g;
      const square = b2 * f[b]! + g2 * g * g;
      f[a] = mean;
      f[b] = square;
      f[q] = f[q]! - (step * mean) / (Math.sqrt(square) * root + floor);
    }
  },

  /** With velocity: u = μ u + g, value -= lr u. Without (0): value -= lr g. */
  sgd_update(value, grad, velocity, n, learning_rate, momentum) {
    const f = heap.f32;
    const rate = Math.fround(learning_rate);
    const keep = Math.fround(momentum);
    let q = value >>> 2;
    let p = grad >>> 2;
    const end = q + n;
    if (velocity === 0) {
      for (; q < end; q++, p++) f[q] = f[q]! - rate * f[p]!;
      return;
    }
    for (let u = velocity >>> 2; q < end; q++, p++, u++) {
      const moved = keep * f[u]! + f[p]!;
      f[u] = moved;
      f[q] = f[q]! - rate * moved;
    }
  },
});
