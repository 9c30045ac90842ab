import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { expect, test } from "vitest";
// @ts-expect-error: a script without types
import { oldestBrowsers, packageBuild } from "../../scripts/build-options.mjs";
import { pageAt, root } from "./pages.ts";

const { chrome, firefox, safari } = oldestBrowsers as Record<string, string>;

test("README says which browsers the package is built for", () => {
  const [, row] = /^\| browsers \|(.*)\|$/m.exec(pageAt("README.md").text) ?? [];
  expect(row).toMatch(RegExp(`^ Chrome ${chrome}, Firefox ${firefox}, Safari ${safari} and newer`));
});

test("they understand the syntax of every built file", async () => {
  const files = readdirSync(join(root, "dist"), { recursive: true, encoding: "utf8" });
  const programs = files.filter((name) => name.endsWith(".js"));
  expect(programs.length).toBeGreaterThan(10);
  for (const name of programs) {
    const code = readFileSync(join(root, "dist", name), "utf8");
    const [lowered, same] = await Promise.all([
      transform(code, { target: packageBuild.target }),
      transform(code, { target: "esnext" }),
    ]);
    expect(lowered.code === same.code, name).toBe(true);
  }
});

test("they know the library of the language that bindings/ may use: ES2022", () => {
  const { lib } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")).compilerOptions;
  // What is newer than this is what objects with a `dispose` are called by.
  expect(lib).toEqual(["es2022", "esnext.disposable", "dom", "dom.iterable"]);
  const es2022 = { chrome: 94, firefox: 93, safari: 16.4 }; // static blocks; `at`, `hasOwn` and `cause` came before
  for (const [name, version] of Object.entries(es2022))
    expect(Number((oldestBrowsers as Record<string, string>)[name])).toBeGreaterThanOrEqual(
      version,
    );
});
