import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = readFileSync(`${root}docs/loading.md`, "utf8");

/** A block of code, and the file that the comment before it names. */
const block = /(?:<!-- (?<file>\S+) -->\n)?```\w*\n(?<code>[\s\S]*?)```\n/g;

test("every program of docs/loading.md is the file that the consumers run", () => {
  const blocks = [...text.matchAll(block)].map(({ groups }) => groups!);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  for (const { file, code } of blocks) {
    expect(file, code).toMatch(/^test\/consumers\/programs\//);
    expect(code).toBe(readFileSync(`${root}${file}`, "utf8"));
  }
});

test("every program there is run by a consumer", () => {
  const folder = `${root}test/consumers/`;
  const consumers = readdirSync(folder)
    .filter((name) => name.endsWith(".consumer.ts"))
    .map((name) => readFileSync(`${folder}${name}`, "utf8"))
    .join("");
  for (const program of readdirSync(`${folder}programs`))
    expect(consumers, program).toContain(`"${program}"`);
});
