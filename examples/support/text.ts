import { readdirSync, readFileSync } from "node:fs";
import { UserError } from "./errors.ts";
import { readTextFile } from "./files.ts";

const root = new URL("../../", import.meta.url);

/** The project's own documents in one text, prose alone: the README and what is in docs/. */
export function documentation(): string {
  const inDocs = readdirSync(new URL("docs/", root), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .sort()
    .map((name) => `docs/${name}`);
  return ["README.md", "CONTRIBUTING.md", ...inDocs].map((name) => prose(read(name))).join("\n");
}

const read = (name: string): string => readFileSync(new URL(name, root), "utf8");

/** A document in Markdown without its tables and blocks of code. */
export const prose = (markdown: string): string =>
  markdown
    .replace(/^```[\s\S]*?^```$/gm, "")
    .replace(/^\|.*$\n?/gm, "")
    .replace(/\n{3,}/g, "\n\n");

/** A text file of at least so many characters. */
export function readText(path: string, least: number): string {
  const text = readTextFile(path);
  if (text.length < least)
    throw new UserError(`${path}: expected at least ${least} characters, got ${text.length}`);
  return text;
}

/** Lines of at most so many characters, broken at spaces where there are some. */
export const wrap = (text: string, width: number): string[] =>
  text.split("\n").flatMap((line) => {
    const parts = new RegExp(`.{1,${width}}(?= |$)|.{1,${width}}`, "gu");
    return (line.match(parts) ?? [""]).map((part, i) => (i === 0 ? part : part.trimStart()));
  });
