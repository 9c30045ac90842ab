/** Numbers that every index has for what is no word. */
export const PAD = 0;
export const START = 1;
export const END = 2;
export const UNKNOWN = 3;

/** Words by number and numbers by word: 4 and up, in the order in which they came. */
export class WordIndex {
  readonly #words = ["<pad>", "<start>", "<end>", "<unknown>"];
  readonly #numbers = new Map<string, number>();

  /** All words that occur in `sentences` at least so many times. */
  constructor(sentences: readonly (readonly string[])[], least = 1) {
    const counts = new Map<string, number>();
    for (const word of sentences.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const [word, count] of counts) {
      if (count < least) continue;
      this.#numbers.set(word, this.#words.length);
      this.#words.push(word);
    }
  }

  /** How many numbers there are. */
  get size(): number {
    return this.#words.length;
  }

  encode(words: readonly string[]): number[] {
    return words.map((word) => this.#numbers.get(word) ?? UNKNOWN);
  }

  decode(numbers: readonly number[]): string[] {
    return numbers.map((number) => this.#words[number]!);
  }
}

/** The words of a line that has blanks between them. */
export const split = (line: string): string[] => line.trim().split(/\s+/).filter(Boolean);

/** A text as sentences of words in lower case; those of a single word say nothing about its company. */
export const sentencesOf = (text: string): string[][] =>
  text
    .split(/[.:;!?|](?=\s)|\n\s*\n|\n[-#|]/)
    .map((sentence) => sentence.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*/gu) ?? [])
    .filter((words) => words.length > 1)
    .map((words) => [...words]);
