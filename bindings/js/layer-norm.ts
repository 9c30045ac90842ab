import type { Extras } from "../core/extras.ts";
import type { Heap } from "./heap.ts";

export type LayerNormKernels = Pick<Extras, "layer_norm_forward" | "layer_norm_backward">;

/** Rows of n elements, x̂ = (x - μ) · rstd; where a pointer is 0 that operand is absent or not wanted. Sums are float64. */
export const layerNormKernels = (heap: Heap): LayerNormKernels => ({
  /** y = x̂ w + b; mean and rstd of each row are kept. */
  layer_norm_forward(y, mean, rstd, x, w, b, rows, n, epsilon) {
    const f = heap.f32;
    const [pw, pb] = [w >>> 2, b >>> 2];
    const e = Math.fround(epsilon);
    for (let r = 0, p = x >>> 2, q = y >>> 2; r < rows; r++, p += n, q += n) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += f[p + i]!;
      const m = sum / n;
      let squares = 0;
      for (let i = 0; i < n; i++) squares += (f[p + i]! - m) * (f[p + i]! - m);
      const s = 1 / Math.sqrt(squares / n + e);
      for (let i = 0; i < n; i++)
        f[q + i] = (f[p + i]! - m) * s * (w ? f[pw + i]! : 1) + (b ? f[pb + i]! : 0);
      f[(mean >>> 2) + r] = m;
      f[(rstd >>> 2) + r] = s;
    }
  },

  /** dx += rstd (g - mean g - x̂ mean(g x̂)) with g = dy w, dw += Σ dy x̂, db += Σ dy. */
  layer_norm_backward(dx, dw, db, dy, x, mean, rstd, w, rows, n) {
    const f = heap.f32;
    const [ox, ow, ob, pw] = [dx >>> 2, dw >>> 2, db >>> 2, w >>> 2];
    for (let r = 0, p = x >>> 2, q = dy >>> 2; r < rows; r++, p += n, q += n) {
      const m = f[(mean >>> 2) + r]!;
      const s = f[(rstd >>> 2) + r]!;
      let level = 0;
      let tilt = 0;
      for (let i = 0; i < n; i++) {
        const g = f[q + i]! * (w ? f[pw + i]! : 1);
        level += g / n;
        tilt += (g * (f[p + i]! - m) * s) / n;
      }
      for (let i = 0; i < n; i++) {
        const v = (f[p + i]! - m) * s;
        const out = f[q + i]!;
        const o = ox + r * n + i;
        if (dx) f[o] = f[o]! + s * (out * (w ? f[pw + i]! : 1) - level - v * tilt);
        if (dw) f[ow + i] = f[ow + i]! + out * v;
        if (db) f[ob + i] = f[ob + i]! + out;
      }
    }
  },
});
