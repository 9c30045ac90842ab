import type { Kernels } from "../core/kernels.ts";
import type { GemmKernels } from "./gemm.ts";
import type { Heap } from "./heap.ts";
import type { PackKernels } from "./pack.ts";

export type BatchedKernels = Pick<Kernels, "batched_gemm">;

// What a product does with its matrices: C = A B, C += A Bᵀ or C += Aᵀ B.
const NT = 1;
const TN = 2;

/** Products of many matrices: `places` [batch, 3] says which one of c, a and b each takes. */
export const batchedKernels = (heap: Heap, kernels: GemmKernels & PackKernels): BatchedKernels => ({
  batched_gemm(c, a, b, places, scratch, batch, m, n, k, product) {
    let packed = -1;
    for (let i = 0, p = places >>> 2; i < batch; i++, p += 3) {
      const [x, y, z] = [heap.i32[p]!, heap.i32[p + 1]!, heap.i32[p + 2]!];
      const [ci, ai, bi] = [c + 4 * x * m * n, a + 4 * y * m * k, b + 4 * z * k * n];
      if (product === TN) {
        kernels.gemm_tn(ci, n, ai, m, bi, n, scratch, m, n, k, m, m);
        continue;
      }
      if (z !== packed) {
        if (product === NT) kernels.pack_nt(scratch, bi, n, k, n, n);
        else kernels.pack_nn(scratch, bi, n, k, k, k, n);
        packed = z;
      }
      kernels.gemm(ci, n, product === NT ? ci : 0, n, ai, k, scratch, m, n, k);
    }
  },
});
