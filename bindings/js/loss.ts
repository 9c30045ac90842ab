import type { Extras } from "../core/extras.ts";
import type { Heap } from "./heap.ts";
import { clip, exp, isClipped, log } from "./math.ts";

export type LossKernels = Pick<
  Extras,
  | "softmax_forward"
  | "softmax_backward"
  | "log_softmax_forward"
  | "log_softmax_backward"
  | "cross_entropy_forward"
  | "cross_entropy_backward"
  | "nll_forward"
  | "nll_backward"
  | "log_normalized_forward"
  | "log_normalized_backward"
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

/** Σ of v elements. */
function sum(f: Float32Array, x: number, v: number): number {
  let total = 0;
  for (let i = 0; i < v; i++) total += f[x + i]!;
  return total;
}

/** Rows of v elements. NaN in a row makes its results NaN. A negative class: a row that is ignored. Sums are float64. */
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

  /** loss[r] = -ln softmax(x[r])[class]; p [rows, v] = softmax x. */
  cross_entropy_forward(loss, p, x, classes, rows, v) {
    const f = heap.f32;
    const index = heap.i32;
    let q = p >>> 2;
    let s = x >>> 2;
    for (let r = 0; r < rows; r++, q += v, s += v) {
      const own = index[(classes >>> 2) + r]!;
      let surprise = 0;
      if (own >= 0) {
        const max = largest(f, s, v);
        // Read before p is written: p may be x.
        const gap = f[s + own]! - max;
        surprise = log(softmaxRow(f, q, s, v, max)) - gap;
      }
      f[(loss >>> 2) + r] = surprise;
    }
  },

  /** dx += dloss (p - onehot). */
  cross_entropy_backward(dx, dloss, p, classes, rows, v) {
    const f = heap.f32;
    const index = heap.i32;
    let q = dx >>> 2;
    let s = p >>> 2;
    for (let r = 0; r < rows; r++, q += v, s += v) {
      const own = index[(classes >>> 2) + r]!;
      if (own < 0) continue;
      const scale = f[(dloss >>> 2) + r]!;
      for (let i = 0; i < own; i++) f[q + i] = f[q + i]! + scale * f[s + i]!;
      f[q + own] = f[q + own]! + scale * (f[s + own]! - 1);
      for (let i = own + 1; i < v; i++) f[q + i] = f[q + i]! + scale * f[s + i]!;
    }
  },

  /** loss[r] = -y[r, class]. */
  nll_forward(loss, y, classes, rows, v) {
    const f = heap.f32;
    const index = heap.i32;
    for (let r = 0, p = y >>> 2; r < rows; r++, p += v) {
      const own = index[(classes >>> 2) + r]!;
      f[(loss >>> 2) + r] = own < 0 ? 0 : -f[p + own]!;
    }
  },

  /** dy[r, class] -= dloss[r]. */
  nll_backward(dy, dloss, classes, rows, v) {
    const f = heap.f32;
    const index = heap.i32;
    for (let r = 0, q = dy >>> 2; r < rows; r++, q += v) {
      const own = index[(classes >>> 2) + r]!;
      if (own >= 0) f[q + own] = f[q + own]! - f[(dloss >>> 2) + r]!;
    }
  },

  /** y = ln clip(x / Σ x). */
  log_normalized_forward(y, x, rows, v) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let r = 0, p = x >>> 2; r < rows; r++, p += v, q += v) {
      const total = sum(f, p, v);
      for (let i = 0; i < v; i++) f[q + i] = log(clip(f[p + i]! / total));
    }
  },

  /** dx += (g - Σ g q) / Σ x with q = x / Σ x, and g = dy / q where q is not clipped. */
  log_normalized_backward(dx, dy, x, rows, v) {
    const f = heap.f32;
    let d = dx >>> 2;
    let g = dy >>> 2;
    for (let r = 0, p = x >>> 2; r < rows; r++, p += v, d += v, g += v) {
      const total = sum(f, p, v);
      let reached = 0;
      for (let i = 0; i < v; i++) if (!isClipped(f[p + i]! / total)) reached += f[g + i]!;
      for (let i = 0; i < v; i++) {
        const q = f[p + i]! / total;
        f[d + i] = f[d + i]! + ((isClipped(q) ? 0 : f[g + i]! / q) - reached) / total;
      }
    }
  },
});
