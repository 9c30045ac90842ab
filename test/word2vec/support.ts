import { Word2Vec, type Word2VecFitOptions, type Word2VecOptions } from "gatewise/word2vec";
import { random } from "../reference/random.ts";

/** Two topics of five words that never meet, as in test/api/11-word2vec.ts. */
export const topics = [
  ["sun", "sea", "sand", "wave", "shell"],
  ["snow", "ice", "frost", "sled", "scarf"],
] as const;

/** Sentences of nine words, of one topic and the other in turn; words of a topic are not equally frequent. */
export function topicSentences(count: number, seed = 1): string[][] {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 9 }, () => topics[i % 2]![Math.floor(5 * next() ** 1.5)]!),
  );
}

/** A small model trained on a few sentences. */
export async function trained(
  options: Word2VecOptions = {},
  sentences: Iterable<readonly string[]> = topicSentences(60),
  fit: Word2VecFitOptions = {},
): Promise<Word2Vec> {
  const model = new Word2Vec({ vectorSize: 8, minCount: 1, subsample: 0, seed: 3, ...options });
  await model.fit(sentences, { epochs: 2, learningRate: 0.05, ...fit });
  return model;
}
