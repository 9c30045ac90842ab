import { counted, kindError, valueError } from "../core/check.ts";

/** Sentences of words, to be gone through more than once: an array of arrays, or an object that begins anew each time. */
export type Sentences = Iterable<readonly string[]>;

/** Throws for what can be gone through only once, such as a generator, and for what is no list at all. */
export function checkSentences(where: string, sentences: unknown): Sentences {
  const expected = "sentences to be an array of arrays of words, or an iterable of them";
  const given = sentences as { [Symbol.iterator]?: () => unknown } | null;
  if (typeof given !== "object" || typeof given?.[Symbol.iterator] !== "function")
    throw kindError(where, expected, sentences);
  if (typeof (given as { next?: unknown }).next === "function")
    throw kindError(where, `${expected}, that can be gone through more than once`, sentences);
  return sentences as Sentences;
}

export function checkSentence(where: string, sentence: unknown): readonly string[] {
  if (!Array.isArray(sentence))
    throw kindError(where, "every sentence to be an array of words", sentence);
  return sentence;
}

/** Adds a word to the counts. */
export function countWord(where: string, counts: Map<string, number>, word: unknown): void {
  if (typeof word !== "string") throw kindError(where, "every word to be a string", word);
  if (word === "") throw valueError(where, "every word to be of some characters", '""');
  counts.set(word, (counts.get(word) ?? 0) + 1);
}

/** Words with their places in a list, no word twice. */
export class WordList {
  readonly words: readonly string[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(words: readonly string[]) {
    this.words = Object.freeze([...words]);
    this.#places = new Map(words.map((word, place) => [word, place]));
  }

  /** Where a word stands; undefined where it is not there. */
  find(word: string): number | undefined {
    return this.#places.get(word);
  }

  /** Where a word stands. Throws a RangeError that names it where it is not there. */
  place(where: string, word: string): number {
    if (typeof word !== "string") throw kindError(where, "a word", word);
    const place = this.find(word);
    if (place === undefined)
      throw valueError(where, "a word of the vocabulary", JSON.stringify(word));
    return place;
  }
}

/** The words that occur often enough, frequent ones first, those as frequent as another in order of first occurrence. */
export function frequentWords(
  where: string,
  counts: ReadonlyMap<string, number>,
  minCount: number,
): WordList {
  const frequent = [...counts].filter(([, count]) => count >= minCount);
  if (frequent.length === 0)
    throw valueError(
      where,
      `words that occur at least ${counted(minCount, "time")} (minCount)`,
      counts.size === 0 ? "no words" : `none among ${counts.size}`,
    );
  return new WordList(frequent.sort(([, a], [, b]) => b - a).map(([word]) => word));
}
