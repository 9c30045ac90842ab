import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { consumer, printing, result, run } from "./support/folder.ts";

/** The strictest settings; the declarations are checked themselves, against types of no newer language than the target. */
const strict = {
  target: "es2022",
  lib: ["es2022", "dom"],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  rootDir: ".",
};

const resolutions = [{ module: "nodenext" }, { module: "esnext", moduleResolution: "bundler" }];

const compilers = [
  { name: "the oldest TypeScript", from: import.meta.url },
  { name: "TypeScript of today", from: new URL("../../package.json", import.meta.url) },
].map(({ name, from }) => {
  const file = createRequire(from).resolve("typescript/package.json");
  const { version } = createRequire(from)(file);
  return { name: `${name}, ${version}`, tsc: join(file, "../bin/tsc") };
});

test("these are two compilers", () => {
  expect(new Set(compilers.map(({ tsc }) => tsc)).size).toBe(2);
});

for (const { name, tsc } of compilers)
  test.each(resolutions)(`${name}, $module`, async (resolution) => {
    const folder = consumer(["typed.ts"], printing("typed.js", "result"));
    const compilerOptions = { ...strict, ...resolution };
    const config = { compilerOptions, files: ["typed.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    expect(await run(folder, [tsc])).toEqual({ stdout: "", stderr: "", code: 0 });
    expect(await result(folder, ["main.js"])).toEqual([
      ...[true, ["a", "b", "c"], [2, 1], "wasm"],
      ...["object", "function", "function", "function"],
    ]);
  });

test("the types of the consumers' own tests", async () => {
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const { tsc } = compilers[1]!;
  expect(await run(folder, [tsc])).toEqual({ stdout: "", stderr: "", code: 0 });
});
