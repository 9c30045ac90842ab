import type { Extras } from "../core/extras.ts";
import type { Heap } from "./heap.ts";
import { exp, log } from "./math.ts";

export type LossKernels = Pick<
  Extras,
  | "softmax_forward"
  | "softmax_backward"
  | "log_softmax_forward"
  | "log_softmax_backward"
  | "cross_entropy_forward"
  | "cross_entropy_backward"
  | "soft_cross_entropy_forward"
  | "soft_cross_entropy_backward"
  | "mse_forward"
  | "mse_backward"
>;

/** The largest of v elements; with a NaN among them any one, as what follows is NaN then whatever is subtracted. */
function largest(f: Float32Array, x: number, v: number): number {
  let max = f[x]!;
  for (let i = 1; i < v; i++) {
    const a = f[x + i]!;
    if (a > max) max = a;
  }
  return max;
}

/** y = softmax x, one row, from the largest element: Σ e^(x - max), which its logarithm turns into log-sum-exp. */
function softmaxRow(f: Float32Array, y: number, x: number, v: number, max: number): number {
  let sum = 0;
  for (let i = 0; i < v; i++) {
    const e = exp(f[x + i]! - max);
    f[y + i] = e;
    sum += e;
  }
  const scale = 1 / sum;
  for (let i = 0; i < v; i++) f[y + i] = f[y + i]! * scale;
  return sum;
}

/** Rows of v elements. NaN in a row makes its results NaN. Sums are float64. */
export const lossKernels = (heap: Heap): LossKernels => ({
  softmax_forward(y, x, rows, v) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let r = 0, p = x >>> 2; r < rows; r++, p += v, q += v)
      softmaxRow(f, q, p, v, largest(f, p, v));
  },

  /** dx += y (dy - Σ dy y). */
  softmax_backward(dx, dy, y, rows, v) {
    const f = heap.f32;
    let q = dx >>> 2;
    let p = dy >>> 2;
    let s = y >>> 2;
    for (let r = 0; r < rows; r++, q += v, p += v, s += v) {
      let dot = 0;
      for (let i = 0; i < v; i++) dot += f[p + i]! * f[s + i]!;
      for (let i = 0; i < v; i++) f[q + i] = f[q + i]! + f[s + i]! * (f[p + i]! - dot);
    }
  },

  /** y = (x - max) - ln Σ e^(x - max). */
  log_softmax_forward(y, x, rows, v) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let r = 0, p = x >>> 2; r < rows; r++, p += v, q += v) {
      const max = largest(f, p, v);
      let sum = 0;
      for (let i = 0; i < v; i++) sum += exp(f[p + i]! - max);
      const shift = log(sum);
      for (let i = 0; i < v; i++) f[q + i] = f[p + i]! - max - shift;
    }
  },

  /** dx += dy - e^y Σ dy. */
  log_softmax_backward(dx, dy, y, rows, v) {
    const f = heap.f32;
    let q = dx >>> 2;
    let p = dy >>> 2;
    let s = y >>> 2;
    for (let r = 0; r < rows; r++, q += v, p += v, s += v) {
      let sum = 0;
      for (let i = 0; i < v; i++) sum += f[p + i]!;
      for (let i = 0; i < v; i++) f[q + i] = f[q + i]! + (f[p + i]! - exp(f[s + i]!) * sum);
    }
  },

  /** loss [1] = mean over rows of -ln softmax(x)[class]; p [rows, v] = softmax x. */
  cross_entropy_forward(loss, p, x, classes, rows, v) {
    const f = heap.f32;
    const index = heap.i32;
    let total = 0;
    let q = p >>> 2;
    let s = x >>> 2;
    for (let r = 0; r < rows; r++, q += v, s += v) {
      const max = largest(f, s, v);
      // Read before p is written: p may be x.
      const own = f[s + index[(classes >>> 2) + r]!]! - max;
      total += log(softmaxRow(f, q, s, v, max)) - own;
    }
    f[loss >>> 2] = total / rows;
  },

  /** dx += dloss / rows (p - onehot). */
  cross_entropy_backward(dx, dloss, p, classes, rows, v) {
    const f = heap.f32;
    const index = heap.i32;
    const scale = f[dloss >>> 2]! / rows;
    let q = dx >>> 2;
    let s = p >>> 2;
    for (let r = 0; r < rows; r++, q += v, s += v) {
      const own = index[(classes >>> 2) + r]!;
      for (let i = 0; i < own; i++) f[q + i] = f[q + i]! + scale * f[s + i]!;
      f[q + own] = f[q + own]! + scale * (f[s + own]! - 1);
      for (let i = own + 1; i < v; i++) f[q + i] = f[q + i]! + scale * f[s + i]!;
    }
  },

  /** loss [1] = mean over rows of -Σ_v t ln softmax(x); p [rows, v] = softmax x. */
  soft_cross_entropy_forward(loss, p, x, target, rows, v) {
    const f = heap.f32;
    let total = 0;
    let q = p >>> 2;
    let s = x >>> 2;
    let t = target >>> 2;
    for (let r = 0; r < rows; r++, q += v, s += v, t += v) {
      const max = largest(f, s, v);
      const shift = log(softmaxRow(f, q, s, v, max));
      for (let i = 0; i < v; i++) total += f[t + i]! * (shift - (f[s + i]! - max));
    }
    f[loss >>> 2] = total / rows;
  },

  /** dx += dloss / rows (p Σ_v t - t). */
  soft_cross_entropy_backward(dx, dloss, p, target, rows, v) {
    const f = heap.f32;
    const scale = f[dloss >>> 2]! / rows;
    let q = dx >>> 2;
    let s = p >>> 2;
    let t = target >>> 2;
    for (let r = 0; r < rows; r++, q += v, s += v, t += v) {
      let sum = 0;
      for (let i = 0; i < v; i++) sum += f[t + i]!;
      for (let i = 0; i < v; i++) f[q + i] = f[q + i]! + scale * (f[s + i]! * sum - f[t + i]!);
    }
  },

  /** loss [1] = mean (a - b)². */
  mse_forward(loss, a, b, n) {
    const f = heap.f32;
    let sum = 0;
    let r = b >>> 2;
    for (let p = a >>> 2, end = p + n; p < end; p++, r++) {
      const difference = f[p]! - f[r]!;
      sum += difference * difference;
    }
    f[loss >>> 2] = sum / n;
  },

  /** da += dloss 2/n (a - b). */
  mse_backward(da, dloss, a, b, n) {
    const f = heap.f32;
    const scale = (2 * f[dloss >>> 2]!) / n;
    let q = da >>> 2;
    let r = b >>> 2;
    for (let p = a >>> 2, end = p + n; p < end; p++, q++, r++)
      f[q] = f[q]! + scale * (f[p]! - f[r]!);
  },
});
