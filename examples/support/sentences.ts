import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "./errors.ts";
import { sentencesOf } from "./words.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The project's own documentation. */
function documentation(): string {
  const docs = readdirSync(`${root}docs`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `docs/${name}`);
  const files = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", ...docs];
  return files.map((name) => readFileSync(`${root}${name}`, "utf8")).join("\n\n");
}

/** A text as sentences of words in lower case; without a file the project's own documentation. */
export function readSentences(path: string | undefined): string[][] {
  let text: string;
  try {
    text = path === undefined ? documentation() : readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  return sentencesOf(text.replace(/```.*?```/gs, ""));
}
