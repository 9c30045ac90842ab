import { readFileSync } from "node:fs";

/** A text as sentences for word vectors: the words of each line in lower case, letters and apostrophes. */
export function sentencesOf(path: string): string[][] {
  const lines = readFileSync(path, "utf8").toLowerCase().split("\n");
  return lines.flatMap((line) => {
    const words = line.match(/[\p{L}']+/gu);
    return words ? [[...words]] : [];
  });
}
