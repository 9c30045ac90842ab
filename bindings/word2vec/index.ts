export type { Word2VecFitOptions, Word2VecProgress } from "./fit.ts";
export type { Neighbour } from "./vectors.ts";
export { Word2Vec, type Word2VecOptions } from "./word2vec.ts";
export type { Sentences } from "./words.ts";
