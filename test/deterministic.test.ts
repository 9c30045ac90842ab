import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What the language lets every engine approximate in its own way. `**` of a number other than 2 is Math.pow. */
const approximated =
  /\b(?:Math|NativeMath|JSMath)\.(?:exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh|cbrt|hypot)\b|(?<!\b2 )\*\*/g;

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*/g, "");

/** Uses of functions whose last bits differ between engines. */
const found = (text: string): string[] => withoutComments(text).match(approximated) ?? [];

it.each(["bindings", "assembly"])("%s uses nothing that engines approximate", (folder) => {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !file.includes("generated"),
  );
  expect(files.length).toBeGreaterThan(10);
  const uses = files.flatMap((file) =>
    found(readFileSync(join(root, folder, file), "utf8")).map((use) => `${file}: ${use}`),
  );
  expect(uses).toEqual([]);
});

it("sees powers and functions, but not powers of two, comments or kernels of the same name", () => {
  expect(found("(a - b) ** 2; Math.tanh(x); Math.hypot(3, 4)")).toEqual([
    "**",
    "Math.tanh",
    "Math.hypot",
  ]);
  expect(found("2 ** 31; -(2 ** n); VectorMath.exp(x); /** Math.exp */ // a ** b")).toEqual([]);
});
