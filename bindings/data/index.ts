export {
  type Batch,
  type Batches,
  type BatchesOptions,
  batches,
  type Rows,
  type Taken,
  type TypedArray,
} from "./batches.ts";
export { gunzip } from "./gunzip.ts";
export { type Idx, type IdxData, readIdx } from "./idx.ts";
export { oneHot } from "./one-hot.ts";
export { type PaddedSequences, type PadSequencesOptions, padSequences } from "./pad-sequences.ts";
export { type Standardized, type StandardizeOptions, standardize } from "./standardize.ts";
export type { Numbers } from "./values.ts";
export { type WindowsOptions, windows } from "./windows.ts";
