export {
  type ContiguousBatch,
  type ContiguousBatches,
  type ContiguousBatchesOptions,
  contiguousBatches,
} from "./contiguous-batches.ts";
export type { GenerateOptions, GenerateStreamOptions } from "./generation.ts";
export { LanguageModel, type LanguageModelOptions } from "./language-model.ts";
export type { SamplingOptions } from "./sampler.ts";
export type { TokenLevel } from "./tokens.ts";
export type {
  LanguageModelBatchEnd,
  LanguageModelEpochEnd,
  LanguageModelFitOptions,
  LanguageModelHistory,
} from "./training.ts";
export { Vocabulary, type VocabularyData, type VocabularyOptions } from "./vocabulary.ts";
