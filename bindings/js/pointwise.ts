import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";
import { exp, log, sigmoid, tanh } from "./math.ts";

export type PointwiseKernels = Pick<
  Kernels,
  | "neg_forward"
  | "abs_forward"
  | "sqrt_forward"
  | "exp_forward"
  | "log_forward"
  | "tanh_forward"
  | "sigmoid_forward"
  | "relu_forward"
  | "abs_backward"
  | "sqrt_backward"
  | "exp_backward"
  | "log_backward"
  | "tanh_backward"
  | "sigmoid_backward"
  | "relu_backward"
>;

/** y[i] = f(x[i]), y may be x, and dx[i] += dy[i] f'. One loop a kernel: a loop that is handed f calls it every time. */
export const pointwiseKernels = (heap: Heap): PointwiseKernels => ({
  neg_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = -f[p]!;
  },

  abs_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = Math.abs(f[p]!);
  },

  sqrt_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = Math.sqrt(f[p]!);
  },

  exp_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = exp(f[p]!);
  },

  log_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = log(f[p]!);
  },

  tanh_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = tanh(f[p]!);
  },

  sigmoid_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) f[q] = sigmoid(f[p]!);
  },

  /** NaN stays NaN. */
  relu_forward(y, x, n) {
    const f = heap.f32;
    let q = y >>> 2;
    for (let p = x >>> 2, end = p + n; p < end; p++, q++) {
      const v = f[p]!;
      f[q] = v <= 0 ? 0 : v;
    }
  },

  /** dx += dy sign(x), 0 at 0. */
  abs_backward(dx, dy, x, n) {
    const f = heap.f32;
    let q = dx >>> 2;
    let r = x >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      const v = f[r]!;
      if (v > 0) f[q] = f[q]! + f[p]!;
      else if (v < 0) f[q] = f[q]! - f[p]!;
    }
  },

  /** dx += dy / 2y. */
  sqrt_backward(dx, dy, y, n) {
    const f = heap.f32;
    let q = dx >>> 2;
    let r = y >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      f[q] = f[q]! + f[p]! / (2 * f[r]!);
    }
  },

  /** dx += dy y. */
  exp_backward(dx, dy, y, n) {
    const f = heap.f32;
    let q = dx >>> 2;
    let r = y >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      f[q] = f[q]! + f[p]! * f[r]!;
    }
  },

  /** dx += dy / x. */
  log_backward(dx, dy, x, n) {
    const f = heap.f32;
    let q = dx >>> 2;
    let r = x >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      f[q] = f[q]! + f[p]! / f[r]!;
    }
  },

  /** dx += dy (1 - y²). */
  tanh_backward(dx, dy, y, n) {
    const f = heap.f32;
    let q = dx >>> 2;
    let r = y >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      const v = f[r]!;
      f[q] = f[q]! + f[p]! * (1 - v * v);
    }
  },

  /** dx += dy y (1 - y). */
  sigmoid_backward(dx, dy, y, n) {
    const f = heap.f32;
    let q = dx >>> 2;
    let r = y >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      const v = f[r]!;
      f[q] = f[q]! + f[p]! * v * (1 - v);
    }
  },

  /** dx += dy where y > 0. */
  relu_backward(dx, dy, y, n) {
    const f = heap.f32;
    let q = dx >>> 2;
    let r = y >>> 2;
    for (let p = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      if (f[r]! > 0) f[q] = f[q]! + f[p]!;
    }
  },
});
