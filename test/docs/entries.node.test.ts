import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { weigh } from "../weigh.ts";
import { pageAt, root } from "./pages.ts";

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  exports: Record<string, string | { default: string }>;
};

/** The source of an entry, from bindings/: "text/index.ts" of "gatewise/text". */
function sourceOf(entry: string): string {
  const target = exports[entry.replace("gatewise", ".")];
  if (typeof target !== "object") throw new Error(`${entry}: expected an entry with code`);
  return target.default.replace("./dist/", "").replace(/js$/, "ts");
}

/** The rows of the README's table of entry points: an entry, and what its names, or a file of dist/, weigh. */
const rows = [...pageAt("README.md").text.matchAll(/^\| `(gatewise\S*)` \|.*\|(.*)\|$/gm)].map(
  ([, entry, weights]) => ({ entry: entry!, weights: weights! }),
);

const claims = rows.flatMap(({ entry, weights }) =>
  [...weights.matchAll(/`([^`]+)` ([\d.]+) KB/g)].map(([, names, size]) => ({
    entry,
    names: names!,
    kilobytes: Number(size),
  })),
);

describe("README's entry points", () => {
  test("are those of the package", () => {
    const names = Object.keys(exports).filter((name) => name !== "./package.json");
    expect(rows.map(({ entry }) => entry).sort()).toEqual(
      names.map((name) => name.replace(".", "gatewise")).sort(),
    );
    expect(claims.length).toBeGreaterThan(rows.length);
  });

  test.each(claims)("$entry: $names weighs $kilobytes KB", async ({ entry, names, kilobytes }) => {
    const bytes = names.startsWith("dist/")
      ? gzipSync(readFileSync(join(root, names)), { level: 9 }).length
      : await weigh(sourceOf(entry), names);
    expect(Math.abs(bytes / 1000 / kilobytes - 1)).toBeLessThan(0.03); // within 3 %
  });
});
