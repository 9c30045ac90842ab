import { type Generator, generator } from "./generator.ts";
import { PAD, WordIndex } from "./words.ts";

/** The universal parts of speech (universaldependencies.org/u/pos), and what is none. */
export const TAGS =
  "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split(" ");

/** Words and what each of them is: the numbers of their tags. */
export interface Sentence {
  readonly words: readonly string[];
  readonly tags: readonly number[];
}

/** Sentences to learn from, and others. */
export interface Treebanks {
  readonly train: readonly Sentence[];
  readonly test: readonly Sentence[];
}

/** Words of a made language: what they are shows in their ends or, for those on two lists, in what stands around them. */
const lexicon = {
  DET: ["the", "a", "this", "no"],
  ADP: ["in", "on", "under", "with"],
  AUX: ["can", "will", "must"],
  PRON: ["she", "he", "it", "they"],
  CCONJ: ["and", "but"],
  ADV: ["often", "here"],
  NOUN: ["fish", "can", "run", "walk", "will"],
  VERB: ["fish", "run", "walk", "must"],
} as const;

const syllables = ["ba", "do", "ki", "lu", "me", "no", "ra", "su", "ti", "vo"];
const endings: Readonly<Record<string, readonly string[]>> = {
  NOUN: ["er", "ness"],
  VERB: ["ize"],
  ADJ: ["ous", "al"],
  ADV: ["ly"],
};

const patterns = [
  "DET NOUN VERB",
  "DET ADJ NOUN VERB DET NOUN",
  "PRON AUX VERB DET NOUN ADP DET NOUN",
  "PRON ADV VERB ADP DET ADJ NOUN",
  "PROPN VERB CCONJ PROPN VERB ADV",
  "DET NOUN ADP PROPN AUX ADV VERB",
].map((pattern) => `${pattern} PUNCT`.split(" "));

function word(tag: string, random: Generator): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  if (tag === "PUNCT") return pick([".", "!", "?"]);
  const stem = pick(syllables) + pick(syllables) + pick(syllables);
  if (tag === "PROPN") return stem[0]!.toUpperCase() + stem.slice(1);
  const listed: readonly string[] = lexicon[tag as keyof typeof lexicon] ?? [];
  if (listed.length > 0 && (!endings[tag] || random() < 0.5)) return pick(listed);
  return stem + pick(endings[tag]!);
}

/** Sentences made up: most of the words with an ending are new, and "fish" or "can" is what its place makes it. */
export function makeTreebanks(train: number, test: number, seed: number): Treebanks {
  const random = generator(seed);
  const make = (count: number): Sentence[] =>
    Array.from({ length: count }, () => {
      const tags = patterns[Math.floor(random() * patterns.length)]!;
      return {
        words: tags.map((tag) => word(tag, random)),
        tags: tags.map((tag) => TAGS.indexOf(tag)),
      };
    });
  return { train: make(train), test: make(test) };
}

/** What is seen of a word: itself, its last three letters, and its shape ("Xx" for "Paris", "d-d" for "10-12"). */
export const views = [
  (word: string): string => word.toLowerCase(),
  (word: string): string => word.slice(-3).toLowerCase(),
  (word: string): string =>
    word
      .replace(/\p{Lu}+/gu, "X")
      .replace(/\p{Ll}+/gu, "x")
      .replace(/\p{Nd}+/gu, "d"),
];

/** Numbers for all views of words; what occurred only once is unknown. */
export const indexViews = (sentences: readonly Sentence[]): WordIndex[] =>
  views.map(
    (view) =>
      new WordIndex(
        sentences.map(({ words }) => words.map(view)),
        2,
      ),
  );

/** Sentences as a batch: the numbers of each view [batch, time], and of the tags, -1 behind a sentence. */
export function batchOf(sentences: readonly Sentence[], indexes: readonly WordIndex[]) {
  const lengths = sentences.map(({ words }) => words.length);
  const time = Math.max(...lengths);
  const fill = (row: readonly number[], value: number): number[] =>
    Array.from({ length: time }, (_, t) => row[t] ?? value);
  return {
    lengths,
    seen: views.map((view, i) =>
      sentences.map(({ words }) => fill(indexes[i]!.encode(words.map(view)), PAD)),
    ),
    tags: sentences.map(({ tags }) => fill(tags, -1)),
  };
}
