import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Block, blocksOf, type Page, root } from "./pages.ts";

/** Files that the blocks of a page make, and the programs among them. */
export interface Folder {
  readonly page: string;
  /** Text by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the files that are run by themselves, with what the page says they print. */
  readonly programs: readonly Program[];
}

/** A program that a page shows. */
export interface Program {
  readonly name: string;
  /** Where the page has it. */
  readonly at: string;
  /** What the page says it prints; undefined where it says nothing. */
  readonly output: string | undefined;
}

const programLanguages = ["js", "ts"];
/** Languages that nothing is run of: what is printed, drawn or written in other languages. */
const plainLanguages = ["", "text", "py", "json"];

const at = ({ page, line }: Block): string => `${page}:${line}`;

/** The name of the file that a block is, if its first line says so: `// worker.ts` or `<!-- index.html -->`. */
const fileName = ({ text }: Block): string | undefined =>
  /^(?:\/\/|<!--) ([\w-]+\.(?:ts|js|html))(?: -->)?\n/.exec(text)?.[1];

const continues = ({ text }: Block): boolean => text.startsWith("// continues\n");

/** Whether a block says why it is not run. */
const excused = ({ note }: Block): boolean => /^no-run: \S/.test(note);

/** Makes sure that a block is the file of the tests that it says it is. */
function checkCopy(block: Block, file: string): void {
  if (!file.startsWith("test/"))
    throw new Error(`${at(block)}: expected a file of test/, got ${file}`);
  if (readFileSync(join(root, file), "utf8") !== block.text)
    throw new Error(`${at(block)}: expected what ${file} holds, got something else`);
}

/** Draft of a program: blocks that continue one another. */
interface Draft {
  readonly first: Block;
  text: string;
  output: string | undefined;
}

/**
 * What the blocks of a page come to. Each block in js or ts is a program by itself, unless it says otherwise: one that begins with
 * `// continues` goes on where the one before it ended, one that begins with a file's name is that file, one behind a comment
 * with a file of test/ is a copy of it, and one whose fence says `no-run: reason` is not run. `text output` is what the program before
 * it prints. Throws where a block is none of this.
 */
export function folderOf(page: Page): Folder {
  const files: Record<string, string> = {};
  const drafts: Draft[] = [];
  for (const block of blocksOf(page)) {
    const { language, note, file, text } = block;
    const last = drafts.at(-1);
    const name = fileName(block);
    if (excused(block)) continue;
    if (file) checkCopy(block, file);
    else if (language === "text" && note === "output") {
      if (!last) throw new Error(`${at(block)}: expected a program before what it prints`);
      last.output = (last.output ?? "") + text;
    } else if (note !== "") throw new Error(`${at(block)}: expected a known note, got "${note}"`);
    else if (name) files[name] = text;
    else if (programLanguages.includes(language)) {
      if (!continues(block)) drafts.push({ first: block, text, output: undefined });
      else if (last && last.first.language === language) last.text += text;
      else throw new Error(`${at(block)}: expected a ${language} block before it to continue`);
    } else if (language !== "sh" && !plainLanguages.includes(language))
      throw new Error(`${at(block)}: expected a language that is checked, got "${language}"`);
  }
  const programs = drafts.map(({ first, text, output }, i) => {
    const name = `program-${i + 1}.${first.language}`;
    files[name] = text;
    return { name, at: at(first), output };
  });
  return { page: page.path, files, programs };
}

/** Blocks that say they are not run, and why. */
export const excusedBlocks = (page: Page): string[] =>
  blocksOf(page)
    .filter(excused)
    .map((block) => `${at(block)}: ${block.note}`);
