import { loadExtras } from "../bindings/core/extras.ts";
import type { KernelInstance, KernelSet, Kernels } from "../bindings/core/kernels.ts";
import { wasmKernels } from "../bindings/core/kernels.ts";

/**
 * Kernels that compute nothing: what a step takes with them is what TypeScript adds to the kernels' work. Those that say
 * how much memory to take still do.
 */
export const nullKernels: KernelSet = {
  name: "null",
  instantiate(): KernelInstance {
    const { kernels, memory, heapBase } = wasmKernels().instantiate();
    const all = { ...kernels, ...loadExtras({ kernels, memory }) };
    const sizes = ["packed_size", "gemm_tn_scratch", "sequence_scratch"];
    const silent = Object.fromEntries(
      Object.entries(all).map(([name, kernel]) => [name, sizes.includes(name) ? kernel : () => 0]),
    );
    return { kernels: silent as unknown as Kernels, memory, heapBase };
  },
};
