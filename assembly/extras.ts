/**
 * The export list of the second module, over the memory of the first: what a program loads when it uses it. Its constants
 * stand behind those of the first (see scripts/build-kernels.mjs).
 */

export * from "./activations";
export * from "./element-loss";
export { heap_base } from "./heap-base";
export * from "./layer-norm";
export * from "./loss";
export * from "./optimizers";
