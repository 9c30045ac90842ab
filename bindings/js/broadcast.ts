import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";

export type BroadcastKernels = Pick<
  Kernels,
  | "add_forward"
  | "sub_forward"
  | "mul_forward"
  | "div_forward"
  | "accumulate"
  | "mul_accumulate"
  | "scale"
  | "clip_forward"
  | "clip_backward"
>;

/** How many elements there are until an operand begins again; a scalar does not, it stands still. */
const rowWidth = (na: number, nb: number, n: number): number =>
  na === 1 || nb === 1 ? n : Math.min(na, nb);

/** a op b for two operands of n, na or nb elements, of which the smaller is a row repeated over the larger. */
export const broadcastKernels = (heap: Heap): BroadcastKernels => ({
  add_forward(y, a, na, b, nb, n) {
    const f = heap.f32;
    const width = rowWidth(na, nb, n);
    const aStep = na === 1 ? 0 : 1;
    const bStep = nb === 1 ? 0 : 1;
    const aBack = na === n ? 0 : width * aStep;
    const bBack = nb === n ? 0 : width * bStep;
    let q = y >>> 2;
    let p = a >>> 2;
    let r = b >>> 2;
    for (let end = q + n; q < end; p -= aBack, r -= bBack)
      for (let stop = q + width; q < stop; q++, p += aStep, r += bStep) f[q] = f[p]! + f[r]!;
  },

  sub_forward(y, a, na, b, nb, n) {
    const f = heap.f32;
    const width = rowWidth(na, nb, n);
    const aStep = na === 1 ? 0 : 1;
    const bStep = nb === 1 ? 0 : 1;
    const aBack = na === n ? 0 : width * aStep;
    const bBack = nb === n ? 0 : width * bStep;
    let q = y >>> 2;
    let p = a >>> 2;
    let r = b >>> 2;
    for (let end = q + n; q < end; p -= aBack, r -= bBack)
      for (let stop = q + width; q < stop; q++, p += aStep, r += bStep) f[q] = f[p]! - f[r]!;
  },

  mul_forward(y, a, na, b, nb, n) {
    const f = heap.f32;
    const width = rowWidth(na, nb, n);
    const aStep = na === 1 ? 0 : 1;
    const bStep = nb === 1 ? 0 : 1;
    const aBack = na === n ? 0 : width * aStep;
    const bBack = nb === n ? 0 : width * bStep;
    let q = y >>> 2;
    let p = a >>> 2;
    let r = b >>> 2;
    for (let end = q + n; q < end; p -= aBack, r -= bBack)
      for (let stop = q + width; q < stop; q++, p += aStep, r += bStep) f[q] = f[p]! * f[r]!;
  },

  div_forward(y, a, na, b, nb, n) {
    const f = heap.f32;
    const width = rowWidth(na, nb, n);
    const aStep = na === 1 ? 0 : 1;
    const bStep = nb === 1 ? 0 : 1;
    const aBack = na === n ? 0 : width * aStep;
    const bBack = nb === n ? 0 : width * bStep;
    let q = y >>> 2;
    let p = a >>> 2;
    let r = b >>> 2;
    for (let end = q + n; q < end; p -= aBack, r -= bBack)
      for (let stop = q + width; q < stop; q++, p += aStep, r += bStep) f[q] = f[p]! / f[r]!;
  },

  /** d[i mod nd] += scale a[i mod na]. */
  accumulate(d, nd, a, na, scale, n) {
    const f = heap.f32;
    const s = Math.fround(scale);
    const q = d >>> 2;
    const p = a >>> 2;
    if (nd === n && na === n) {
      for (let i = 0; i < n; i++) f[q + i] = f[q + i]! + s * f[p + i]!;
    } else if (nd === 1) {
      // One sum in float64: through memory every step would wait for the store before it.
      let sum = 0;
      for (let i = 0, j = 0; i < n; i++) {
        sum += f[p + j]!;
        if (++j === na) j = 0;
      }
      f[q] = f[q]! + s * sum;
    } else {
      for (let i = 0, j = 0, k = 0; i < n; i++) {
        f[q + k] = f[q + k]! + s * f[p + j]!;
        if (++j === na) j = 0;
        if (++k === nd) k = 0;
      }
    }
  },

  /** d[i mod nd] += scale a[i mod na] b[i mod nb]. */
  mul_accumulate(d, nd, a, na, b, nb, scale, n) {
    const f = heap.f32;
    const s = Math.fround(scale);
    const q = d >>> 2;
    const p = a >>> 2;
    const r = b >>> 2;
    if (nd === 1) {
      let sum = 0;
      for (let i = 0, j = 0, l = 0; i < n; i++) {
        sum += f[p + j]! * f[r + l]!;
        if (++j === na) j = 0;
        if (++l === nb) l = 0;
      }
      f[q] = f[q]! + s * sum;
    } else {
      for (let i = 0, j = 0, k = 0, l = 0; i < n; i++) {
        f[q + k] = f[q + k]! + s * f[p + j]! * f[r + l]!;
        if (++j === na) j = 0;
        if (++k === nd) k = 0;
        if (++l === nb) l = 0;
      }
    }
  },

  scale(x, s, n) {
    const f = heap.f32;
    const by = Math.fround(s);
    for (let p = x >>> 2, end = p + n; p < end; p++) f[p] = by * f[p]!;
  },

  /** NaN stays NaN. */
  clip_forward(y, x, n, low, high) {
    const f = heap.f32;
    const least = Math.fround(low);
    const most = Math.fround(high);
    for (let p = x >>> 2, q = y >>> 2, end = p + n; p < end; p++, q++) {
      const v = f[p]!;
      f[q] = v > most ? most : v < least ? least : v;
    }
  },

  clip_backward(dx, dy, x, n, low, high) {
    const f = heap.f32;
    const least = Math.fround(low);
    const most = Math.fround(high);
    for (let p = x >>> 2, q = dx >>> 2, r = dy >>> 2, end = p + n; p < end; p++, q++, r++) {
      const v = f[p]!;
      if (v >= least && v <= most) f[q] = f[q]! + f[r]!;
    }
  },
});
