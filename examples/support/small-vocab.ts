import { join } from "node:path";
import { UserError } from "./errors.ts";
import { readTextFile } from "./files.ts";
import { holdOut, type Pair, type Pairs } from "./pairs.ts";
import { split } from "./words.ts";

/** What `--data DIR` is for. */
export const PAIRS_FOLDER = `folder with small_vocab_en and small_vocab_fr, a sentence a line
(github.com/udacity/aind2-nlp-capstone); made up here if not given`;

/**
 * Reads the two files and holds out `held` pairs, spread over them; an English sentence counts once, so that none is in both
 * parts. Throws a UserError where anything is amiss.
 */
export function readPairs(directory: string, held: number): Pairs {
  const [english, french] = ["en", "fr"].map((language) => {
    const text = readTextFile(join(directory, `small_vocab_${language}`));
    return text.trim().split("\n").map(split);
  }) as [string[][], string[][]];
  const pairs = new Map<string, Pair>();
  english.forEach((words, n) => {
    pairs.set(words.join(" "), { english: words, french: french[n] ?? [] });
  });
  if (english.length !== french.length || pairs.size <= held) {
    const got = `${english.length} (${pairs.size} of them different) and ${french.length}`;
    throw new UserError(`${directory}: expected as many lines in both, over ${held}, got ${got}`);
  }
  return holdOut([...pairs.values()], held);
}
