import type { Kernels } from "../core/kernels.ts";
import type { Heap } from "./heap.ts";

export type CopyKernels = Pick<Kernels, "strided_copy" | "strided_accumulate">;

/** Words y = x over `rank` dimensions from the triple at `dims` on; all offsets are those of words. */
function copy(w: Int32Array, y: number, x: number, dims: number, rank: number): void {
  if (rank === 0) {
    w[y] = w[x]!;
    return;
  }
  const yStep = w[dims + 1]!;
  const xStep = w[dims + 2]!;
  if (rank === 1) for (let i = w[dims]!; i > 0; i--, y += yStep, x += xStep) w[y] = w[x]!;
  else for (let i = w[dims]!; i > 0; i--, y += yStep, x += xStep) copy(w, y, x, dims + 3, rank - 1);
}

/** The same for y += x. */
function accumulate(
  f: Float32Array,
  w: Int32Array,
  y: number,
  x: number,
  dims: number,
  rank: number,
): void {
  if (rank === 0) {
    f[y] = f[y]! + f[x]!;
    return;
  }
  const yStep = w[dims + 1]!;
  const xStep = w[dims + 2]!;
  if (rank === 1) for (let i = w[dims]!; i > 0; i--, y += yStep, x += xStep) f[y] = f[y]! + f[x]!;
  else
    for (let i = w[dims]!; i > 0; i--, y += yStep, x += xStep)
      accumulate(f, w, y, x, dims + 3, rank - 1);
}

/** dims: i32 triples (size, y's stride, x's stride), outermost first; strides in elements, of either sign or 0. */
export const copyKernels = (heap: Heap): CopyKernels => ({
  strided_copy(y, x, dims, rank) {
    copy(heap.i32, y >>> 2, x >>> 2, dims >>> 2, rank);
  },
  strided_accumulate(y, x, dims, rank) {
    accumulate(heap.f32, heap.i32, y >>> 2, x >>> 2, dims >>> 2, rank);
  },
});
