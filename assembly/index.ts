/** The export list. Leaf kernels are exported too where inlining them would cost speed (see gemm.ts). */

/** First byte behind the kernels' own constants: memory from here on is laid out by TypeScript. */
export function heap_base(): usize {
  return __heap_base;
}
