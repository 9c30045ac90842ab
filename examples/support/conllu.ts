import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./errors.ts";
import { type Sentence, TAGS, type Treebanks } from "./treebank.ts";

/** What `--data DIR` is for. */
export const TREEBANK_FOLDER = `folder with en_ewt-ud-dev.conllu, to learn from, and
en_ewt-ud-test.conllu (github.com/UniversalDependencies/
UD_English-EWT); made up here if not given`;

/** Reads two files of the English Web Treebank (Silveira et al. 2014). Throws a UserError where anything is amiss. */
export function readTreebanks(directory: string): Treebanks {
  const read = (part: string): Sentence[] => {
    const path = join(directory, `en_ewt-ud-${part}.conllu`);
    try {
      return parseConllu(readFileSync(path, "utf8"));
    } catch (error) {
      if (error instanceof UserError) throw new UserError(`${path}: ${error.message}`);
      throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
  };
  return { train: read("dev"), test: read("test") };
}

/**
 * The words and their tags out of CoNLL-U (universaldependencies.org/format): a word a line, columns between tabs, an empty
 * line behind each sentence. Lines of words written as one ("1-2") and of words left out ("8.1") are skipped.
 */
export function parseConllu(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let [words, tags]: [string[], number[]] = [[], []];
  const finish = (): void => {
    if (words.length > 0) sentences.push({ words, tags });
    [words, tags] = [[], []];
  };
  for (const [n, line] of text.split(/\r?\n/).entries()) {
    if (line === "") finish();
    if (line === "" || line.startsWith("#")) continue;
    const [id, form, , tag] = line.split("\t") as [string, string, string, string];
    if (/^\d+[-.]/.test(id)) continue;
    const number = TAGS.indexOf(tag);
    if (number < 0) throw new UserError(`expected a word and its tag in line ${n + 1}`);
    words.push(form);
    tags.push(number);
  }
  finish();
  return sentences;
}
