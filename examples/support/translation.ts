import type { Pair, Pairs } from "./pairs.ts";
import { END, PAD, START, WordIndex } from "./words.ts";

/** What a model reads and writes: the words of both languages by number. */
export class Languages {
  readonly english: WordIndex;
  readonly french: WordIndex;

  /** Those of the pairs to learn from. */
  constructor({ train }: Pairs) {
    this.english = new WordIndex(train.map((pair) => pair.english));
    this.french = new WordIndex(train.map((pair) => pair.french));
  }

  /** What `Seq2Seq` has to know. */
  get tokens() {
    const [sourceVocabulary, targetVocabulary] = [this.english.size, this.french.size];
    return { sourceVocabulary, targetVocabulary, padToken: PAD, startToken: START, endToken: END };
  }

  /** Sentences as numbers: x in English, y in French. */
  encode(pairs: readonly Pair[]): { x: number[][]; y: number[][] } {
    return {
      x: pairs.map((pair) => this.english.encode(pair.english)),
      y: pairs.map((pair) => this.french.encode(pair.french)),
    };
  }
}

/** The percentage of places that have the right token; those of the longer sequence count. */
export function tokensRight(got: readonly number[][], wanted: readonly number[][]): number {
  let [right, all] = [0, 0];
  wanted.forEach((tokens, n) => {
    right += tokens.filter((token, i) => got[n]![i] === token).length;
    all += Math.max(tokens.length, got[n]!.length);
  });
  return (100 * right) / all;
}

/** The percentage of tokens that come in the right order, whatever stands between them; those of the longer sequence count. */
export function tokensInOrder(got: readonly number[][], wanted: readonly number[][]): number {
  let [right, all] = [0, 0];
  wanted.forEach((tokens, n) => {
    right += longestCommon(got[n]!, tokens);
    all += Math.max(tokens.length, got[n]!.length);
  });
  return (100 * right) / all;
}

/** The length of the longest common subsequence (Wagner and Fischer 1974). */
function longestCommon(a: readonly number[], b: readonly number[]): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const token of a) {
    const row = [0];
    for (const [i, other] of b.entries())
      row.push(token === other ? above[i]! + 1 : Math.max(row[i]!, above[i + 1]!));
    above = row;
  }
  return above.at(-1)!;
}

/** Both shares in words: behind a word too many nothing is in its place, though it may be right. */
export const score = (got: readonly number[][], wanted: readonly number[][]): string =>
  `${tokensRight(got, wanted).toFixed(2)} % in their places, ${tokensInOrder(got, wanted).toFixed(2)} % in order`;

/** `f` of a list part by part, the results one behind the other. */
export function inParts<T, R>(list: readonly T[], size: number, f: (part: T[]) => R[]): R[] {
  const results: R[] = [];
  for (let n = 0; n < list.length; n += size) results.push(...f(list.slice(n, n + size)));
  return results;
}

const SHADES = " ░▒▓█";

/** Attention [target words, source words] as a line of shades for each target word, with the source word it looks at most. */
export function drawAttention(
  { line }: { readonly line: (text: string) => void },
  source: readonly string[],
  target: readonly string[],
  weights: readonly (readonly number[])[],
): void {
  const width = Math.max(...target.map((word) => word.length));
  target.forEach((word, t) => {
    const row = weights[t]!;
    const shades = row.map((w) => SHADES[Math.min(4, Math.round(4 * w))]!.repeat(2)).join("");
    line(`${word.padStart(width)} │${shades}│ ${source[row.indexOf(Math.max(...row))]}`);
  });
}
