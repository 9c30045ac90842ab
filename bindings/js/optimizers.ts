import type { Extras } from "../core/extras.ts";
import type { Heap } from "./heap.ts";

export type OptimizerKernels = Pick<Extras, "adam_update" | "rmsprop_update" | "sgd_update">;

/** One loop over a slab of n parameters. Scalars are rounded to float32 first, 1 - β after it was taken in float64. */
export const optimizerKernels = (heap: Heap): OptimizerKernels => ({
  /** m = β₁ m + (1-β₁) g; v = β₂ v + (1-β₂) g²; value -= step m / (√v correction + ε); AMSGrad: the largest v for v. */
  adam_update(value, grad, m, v, largest, n, step_size, beta1, beta2, correction, epsilon) {
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
    let l = largest >>> 2;
    for (const end = q + n; q < end; q++, p++, a++, b++) {
      const g = f[p]!;
      const mean = b1 * f[a]! + g1 * g;
      let square = b2 * f[b]! + g2 * g * g;
      f[a] = mean;
      f[b] = square;
      if (largest !== 0) {
        square = Math.max(square, f[l]!);
        f[l++] = square;
      }
      f[q] = f[q]! - (step * mean) / (Math.sqrt(square) * root + floor);
    }
  },

  /** With velocity: u = μ u + take g, d = u or g + μ u (Nesterov). Without (0): d = g. value -= lr d. */
  sgd_update(value, grad, velocity, n, learning_rate, momentum, take, nesterov) {
    const f = heap.f32;
    const rate = Math.fround(learning_rate);
    const keep = Math.fround(momentum);
    const share = Math.fround(take);
    let q = value >>> 2;
    let p = grad >>> 2;
    const end = q + n;
    if (velocity === 0) {
      for (; q < end; q++, p++) f[q] = f[q]! - rate * f[p]!;
      return;
    }
    for (let u = velocity >>> 2; q < end; q++, p++, u++) {
      const g = f[p]!;
      const moved = keep * f[u]! + share * g;
      f[u] = moved;
      f[q] = f[q]! - rate * (nesterov !== 0 ? g + keep * moved : moved);
    }
  },

  /** s = keep s + take g²; a = keep a + take g; d = g / (√(s - a² + inside) + outside); u = μ u + d; value -= lr u. */
  rmsprop_update(
    value,
    grad,
    square,
    mean,
    velocity,
    n,
    learning_rate,
    keep,
    take,
    inside,
    outside,
    momentum,
  ) {
    const f = heap.f32;
    const rate = Math.fround(learning_rate);
    const kept = Math.fround(keep);
    const share = Math.fround(take);
    const within = Math.fround(inside);
    const beside = Math.fround(outside);
    const onward = Math.fround(momentum);
    let q = value >>> 2;
    let p = grad >>> 2;
    let k = square >>> 2;
    let a = mean >>> 2;
    let u = velocity >>> 2;
    for (const end = q + n; q < end; q++, p++, k++) {
      const g = f[p]!;
      let s = kept * f[k]! + share * g * g;
      f[k] = s;
      if (mean !== 0) {
        const average = kept * f[a]! + share * g;
        f[a++] = average;
        s = Math.max(s - average * average, 0);
      }
      let d = g / (Math.sqrt(s + within) + beside);
      if (velocity !== 0) {
        d += onward * f[u]!;
        f[u++] = d;
      }
      f[q] = f[q]! - rate * d;
    }
  },
});
