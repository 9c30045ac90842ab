import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const moduleName = /(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g;

/** What the modules of a file's import statements are called. */
const importsOf = (text: string): string[] => [...text.matchAll(moduleName)].map((m) => m[1]!);

/** Whether a file, or one of those that it imports by their path, imports a module of Node's. */
function needsNode(file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  return importsOf(readFileSync(file, "utf8")).some(
    (name) =>
      name.startsWith("node:") ||
      (name.startsWith(".") && name.endsWith(".ts") && needsNode(join(dirname(file), name), seen)),
  );
}

/**
 * The test files below `folder`, relative to `root`, that run in Node only: those called `.node.test.ts`, and those that
 * import a module of Node's (files, processes, the terminal), themselves or through what they import.
 */
export function nodeOnlyTests(root: string, folder = "test"): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join(root, folder, name))
    .filter((file) => file.endsWith(".node.test.ts") || needsNode(file, new Set()))
    .map((file) => relative(root, file))
    .sort();
}
