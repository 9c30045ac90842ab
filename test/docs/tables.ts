import { blocksOf, type Page } from "./pages.ts";

/** A cell of a table with code in it. */
export interface Cell {
  /** Where the page has it. */
  readonly at: string;
  /** What stands between backquotes, in order. */
  readonly code: readonly string[];
}

const cellsOf = (row: string): string[] =>
  row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

const codeIn = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!.replaceAll("\\|", "|"));

/** The cells with code of all columns of a page that are headed so. */
export function column(page: Page, heading: string): Cell[] {
  const found: Cell[] = [];
  let place = -1;
  page.text.split("\n").forEach((line, i) => {
    if (!line.startsWith("|")) {
      place = -1;
      return;
    }
    const cells = cellsOf(line);
    if (place < 0) place = cells.indexOf(heading);
    const code = codeIn(cells[place] ?? "");
    if (code.length > 0) found.push({ at: `${page.path}:${i + 1}`, code });
  });
  return found;
}

/** Code that is a statement rather than an expression. */
const isStatement = (code: string): boolean => code.endsWith(";");

/**
 * The code of a column "Gatewise" as one program: the first program of the page, then each cell in a block of its own. An expression that is
 * false throws. Undefined for a page without such a column.
 */
export function tableProgram(page: Page): string | undefined {
  const cells = column(page, "Gatewise");
  if (cells.length === 0) return undefined;
  const beginning = blocksOf(page).find(({ language }) => language === "ts");
  const blocks = cells.map(({ at, code }) => {
    const lines = code.map((one) => (isStatement(one) ? one : `holds("${at}", ${one});`));
    return `{\n${lines.join("\n")}\n}`;
  });
  return [beginning?.text, check, ...blocks, ""].join("\n");
}

const check = `function holds(at: string, value: unknown): void {
  if (value === false) throw new Error(\`\${at}: is not so\`);
}`;
