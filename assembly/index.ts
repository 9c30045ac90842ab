/** All modules in one, for those who load the kernels themselves. */

export * from "./core";
export * from "./extras";
export * from "./word2vec";
