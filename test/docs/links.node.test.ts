import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { codeSpansOf, type Page, pageAt, pages, proseOf, root } from "./pages.ts";

/** A heading as GitHub makes an address of it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchorsOf = (page: Page): string[] =>
  [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));

/** Where the links and pictures of a page lead, but for those to other places. */
const targetsOf = (page: Page): string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g)]
    .map(([, link, source]) => (link ?? source)!)
    .filter((target) => !/^[a-z]+:/.test(target));

/** Why a link of a page leads nowhere; undefined where it does not. */
function dead(page: Page, target: string): string | undefined {
  const [path, fragment] = target.split("#") as [string, string?];
  const file = path === "" ? page.path : normalize(join(dirname(page.path), path));
  if (!existsSync(join(root, file))) return `${page.path}: ${target} (no such file)`;
  if (fragment === undefined) return undefined;
  return anchorsOf(pageAt(file)).includes(fragment)
    ? undefined
    : `${page.path}: ${target} (no such heading)`;
}

/** Folders of the checkout: a path that begins with one of them is meant to be there. */
const folders = /^(?:assembly|bench|bindings|docs|examples|scripts|test)\//;

/** Paths that pages speak of in code, without those with a part to be filled in ("<name>", "X"). */
const pathsOf = (page: Page): string[] =>
  codeSpansOf(page).filter((code) => folders.test(code) && /^[\w./-]+$/.test(code));

describe("documentation", () => {
  test("has no dead links", () => {
    const all = pages.flatMap((page) => targetsOf(page).map((target) => ({ page, target })));
    expect(all.length).toBeGreaterThan(10);
    expect(all.flatMap(({ page, target }) => dead(page, target) ?? [])).toEqual([]);
  });

  test("names files and folders that are there", () => {
    const all = pages.flatMap((page) => pathsOf(page).map((path) => ({ page: page.path, path })));
    expect(all.length).toBeGreaterThan(20);
    const missing = all.filter(({ path }) => !existsSync(join(root, path)));
    const made = /^(?:bindings\/core\/generated|bench\/peers\/node_modules)/;
    expect(
      missing.filter(({ path }) => !made.test(path) && !existsSync(join(root, `${path}.ts`))),
    ).toEqual([]);
  });
});
