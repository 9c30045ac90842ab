import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const page = readFileSync(`${root}docs/architecture.md`, "utf8");

/** The part of the page's list that is about one folder: from its line to the next that is as little indented. */
function listed(folder: string): string {
  const lines = page.split("\n");
  const start = lines.findIndex((line) => line.trimStart().startsWith(`${folder}/`));
  const indent = lines[start]!.search(/\S/);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.search(/\S/) <= indent);
  return [lines[start]!, ...rest.slice(0, end)].join("\n");
}

it.each([
  ["assembly", "assembly"],
  ["bindings/core", "core"],
])("docs/architecture.md names every file of %s", (path, folder) => {
  const text = listed(folder);
  const names = readdirSync(`${root}${path}`, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => entry.name.replace(/\.ts$/, ""));
  expect(names.length).toBeGreaterThan(10);
  const missing = names.filter((name) => !new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text));
  expect(missing).toEqual([]);
});

it("CONTRIBUTING.md says of every folder of bindings what it holds", () => {
  const table = readFileSync(`${root}CONTRIBUTING.md`, "utf8")
    .match(/^\|.*\|$/gm)!
    .join("\n");
  const folders = readdirSync(`${root}bindings`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(folders.length).toBeGreaterThan(10);
  expect(folders.filter((name) => !new RegExp(`[\`/]${name}/\``).test(table))).toEqual([]);
});
