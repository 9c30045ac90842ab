import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";
import { philox, words } from "./random.ts";

export type DropoutKernels = Pick<Kernels, "dropout_forward" | "dropout_backward">;

/** Element i stays where word i of the stream is at least rate · 2^32. The same operations as in assembly/, for the same bits. */
export const dropoutKernels = (heap: Heap): DropoutKernels => ({
  /** y[i] = x[i] / (1 - rate) or 0, y may be x. */
  dropout_forward(y, x, n, seed_lo, seed_hi, stream, rate) {
    const f = heap.f32;
    const threshold = Math.floor(rate * 2 ** 32);
    const factor = Math.fround(1 / (1 - rate));
    const [p, q] = [x >>> 2, y >>> 2];
    for (let i = 0; i < n; i += 4) {
      philox(i >>> 2, stream, seed_lo, seed_hi);
      for (let lane = 0, left = Math.min(4, n - i); lane < left; lane++)
        f[q + i + lane] = words[lane]! >>> 0 >= threshold ? f[p + i + lane]! * factor : 0;
    }
  },

  /** dx[i] += dy[i] / (1 - rate) or 0. */
  dropout_backward(dx, dy, n, seed_lo, seed_hi, stream, rate) {
    const f = heap.f32;
    const threshold = Math.floor(rate * 2 ** 32);
    const factor = Math.fround(1 / (1 - rate));
    const [p, q] = [dy >>> 2, dx >>> 2];
    for (let i = 0; i < n; i += 4) {
      philox(i >>> 2, stream, seed_lo, seed_hi);
      for (let lane = 0, left = Math.min(4, n - i); lane < left; lane++) {
        const kept = words[lane]! >>> 0 >= threshold ? f[p + i + lane]! * factor : 0;
        f[q + i + lane] = f[q + i + lane]! + Math.fround(kept);
      }
    }
  },
});
