/** The words of the table that word_vectors_train is given, in the order of assembly/word-vectors.ts, which says what each is. */
export const trainingFields = [
  "input",
  "output",
  "vocabulary",
  "size",
  "window",
  "negative",
  "cbow",
  "seedLow",
  "seedHigh",
  "keep",
  "noise",
  "words",
  "kept",
  "random",
  "draws",
  "rows",
  "slopes",
  "mean",
  "error",
  "stream",
  "block",
] as const;

export type TrainingField = (typeof trainingFields)[number];
