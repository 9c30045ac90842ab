import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { holdOut, type Pairs } from "./pairs.ts";
import { split } from "./words.ts";

/** What `--data DIR` is for. */
export const PAIRS_FOLDER = `folder with small_vocab_en and small_vocab_fr, a sentence a line
(github.com/udacity/aind2-nlp-capstone); made up here if not given`;

/** Reads the two files and holds out `held` pairs, spread over them. Throws a UserError where anything is amiss. */
export function readPairs(directory: string, held: number): Pairs {
  const [english, french] = ["en", "fr"].map((language) => {
    const path = join(directory, `small_vocab_${language}`);
    try {
      return readFileSync(path, "utf8").trim().split("\n").map(split);
    } catch (error) {
      throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  }) as [string[][], string[][]];
  if (english.length !== french.length || english.length <= held) {
    const got = `${english.length} and ${french.length}`;
    throw new UserError(`${directory}: expected as many lines in both, over ${held}, got ${got}`);
  }
  const pairs = english.map((words, n) => ({ english: words, french: french[n]! }));
  return holdOut(pairs, held);
}
