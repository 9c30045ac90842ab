import { readTextFile } from "./files.ts";
import { documentation } from "./text.ts";
import { sentencesOf } from "./words.ts";

/** A text as sentences of words in lower case; without a file the project's own documentation. */
export function readSentences(path: string | undefined): string[][] {
  const text = path === undefined ? documentation() : readTextFile(path);
  return sentencesOf(text.replace(/```.*?```/gs, ""));
}
