import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pageAt, root } from "./pages.ts";

test("README's table of engines: those that are tried, in their versions, and the same bits in all", () => {
  const { text } = pageAt("README.md");
  const table = /<!-- engines:begin -->([\s\S]*?)<!-- engines:end -->/.exec(text)?.[1] ?? "";
  const [, , ...rows] = [...table.matchAll(/^\| (.*) \|$/gm)].map(([, row]) => row!.split(" | "));
  const file = join(root, "scripts/engines/package.json");
  const { devDependencies } = JSON.parse(readFileSync(file, "utf8"));
  const pinned = Object.values<string>(devDependencies).map((name) => name.split("@").at(-1));
  const versions = rows.map(([, version]) => version!);
  expect(versions.slice(0, pinned.length).sort()).toEqual(pinned.sort());
  expect(rows.slice(pinned.length).map(([name]) => name)).toEqual([
    "Chromium",
    "Firefox ESR",
    "WebKitGTK",
  ]);
  for (const [name, version, simd, , ...hashes] of rows) {
    expect(version, name).toMatch(/^\d+(\.\d+)+$/);
    expect([simd, ...hashes], name).toEqual(["yes", "equal", "equal"]);
  }
});
