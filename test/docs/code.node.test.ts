import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pages, root } from "./pages.ts";
import { excusedBlocks, folderOf } from "./programs.ts";
import { column, tableProgram } from "./tables.ts";
import { Workshop } from "./workshop.ts";

const workshop = new Workshop();
afterAll(() => workshop.close());

const subfolder = (path: string): string => path.replaceAll("/", "-");

const folders = pages
  .map((page) => ({ ...folderOf(page), name: subfolder(page.path) }))
  .filter(({ files }) => Object.keys(files).length > 0);

/** Pages with tables whose column "Gatewise" is code. */
const tables = pages.flatMap((page) => {
  const text = tableProgram(page);
  return text === undefined ? [] : [{ page, folder: subfolder(page.path), text }];
});

/** What pages take for granted: a text of one's own. */
const book = readFileSync(join(root, "docs/architecture.md"), "utf8");

beforeAll(() => {
  for (const { name, files } of folders) {
    for (const [file, text] of Object.entries(files)) workshop.write(`${name}/${file}`, text);
    workshop.write(`${name}/book.txt`, book);
  }
  for (const { folder, text } of tables) workshop.write(`${folder}/tables.ts`, text);
});

/** Output with the lines that stand for others ("...") as a pattern. */
const pattern = (output: string): RegExp => {
  const lines = output.trimEnd().split("\n");
  const escaped = lines.map((line) =>
    line.trim() === "..." ? "[\\s\\S]*" : line.trimEnd().replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
  );
  return new RegExp(`^${escaped.join("\\n")}$`);
};

const inNode = folders.flatMap(({ name, programs }) =>
  programs
    .filter(({ name: file }) => !file.endsWith(".html"))
    .map((program) => ({ folder: name, ...program })),
);

describe("code of the documentation", () => {
  test("fits the types of the package", async () => {
    expect(inNode.length).toBeGreaterThan(4);
    expect(await workshop.typeErrors()).toBe("");
  });

  test.each(inNode)("$at runs", async ({ folder, name, output }) => {
    const { status, stdout, stderr } = await workshop.runProgram(folder, name);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    if (output !== undefined) expect(stdout.trimEnd()).toMatch(pattern(output));
  });

  test.each(tables)("in tables of $page.path runs", async ({ page, folder }) => {
    expect(column(page, "Gatewise").length).toBeGreaterThan(20);
    const { status, stderr } = await workshop.runProgram(folder, "tables.ts");
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("is run, but for what says why it is not", () => {
    const excused = pages.flatMap(excusedBlocks);
    if (excused.length > 0) console.log(["not run:", ...excused].join("\n  "));
    expect(excused.length).toBeLessThan(4);
  });
});
