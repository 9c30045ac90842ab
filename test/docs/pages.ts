import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A page of documentation. */
export interface Page {
  /** From the checkout: "docs/equations.md". */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Where its text begins, from 1 on. */
  readonly line: number;
  /** The first word behind the fence: "ts", "sh", "text"; empty where there is none. */
  readonly language: string;
  /** What stands behind the language: "output", "no-run: why". */
  readonly note: string;
  /** The file of the checkout that a comment before the fence names. */
  readonly file: string | undefined;
  readonly text: string;
}

const markdownIn = (folder: string, recursive: boolean): string[] =>
  readdirSync(join(root, folder), { recursive, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .sort();

/** README, what else lies beside it, and everything in docs/. */
export const pages: readonly Page[] = [...markdownIn("", false), ...markdownIn("docs", true)].map(
  (path) => ({ path, text: readFileSync(join(root, path), "utf8") }),
);

/** The page of such a path. Throws where there is none. */
export function pageAt(path: string): Page {
  const page = pages.find((one) => one.path === path);
  if (!page) throw new Error(`${path}: expected a page of documentation`);
  return page;
}

/** The fenced blocks of a page, in order. Throws where one has no end. */
export function blocksOf({ path, text }: Page): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)```(\S*) *(.*)$/.exec(lines[i]!);
    if (!fence) continue;
    const [, indent, language, note] = fence;
    const end = lines.findIndex((line, k) => k > i && line.trimEnd() === `${indent}\`\`\``);
    if (end < 0) throw new Error(`${path}:${i + 1}: expected a block with an end`);
    const content = lines.slice(i + 1, end).map((line) => line.slice(indent!.length));
    blocks.push({
      page: path,
      line: i + 2,
      language: language!,
      note: note!.trim(),
      file: /^<!-- (\S+\/\S+) -->$/.exec(lines[i - 1] ?? "")?.[1],
      text: `${content.join("\n")}\n`,
    });
    i = end;
  }
  return blocks;
}

/** A page without its fenced blocks, as many lines. */
export function proseOf(page: Page): string {
  const lines = page.text.split("\n");
  for (const { line, text } of blocksOf(page)) {
    const count = text.split("\n").length + 1;
    lines.fill("", line - 2, line - 2 + count);
  }
  return lines.join("\n");
}

/** What stands between backquotes outside of blocks. */
export const codeSpansOf = (page: Page): string[] =>
  [...proseOf(page).matchAll(/(`+)([\s\S]*?[^`])\1(?!`)/g)].map(([, , code]) =>
    code!.replaceAll("\n", " "),
  );
