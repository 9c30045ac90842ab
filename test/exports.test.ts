import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const bindings = fileURLToPath(new URL("../bindings/", import.meta.url));
const read = (file: string): string => readFileSync(`${bindings}${file}`, "utf8");
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");

/** The names that index.ts exports, as the files that declare them call them. */
const exported = new Set(
  [...read("index.ts").matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names]) =>
    names!.split(",").map((name) =>
      name
        .trim()
        .replace(/^type /, "")
        .replace(/ as .*/, ""),
    ),
  ),
);

/** Options and functions that a user writes a type for: what models/ exports under such a name is in public signatures. */
const named = /^export (?:interface|type) (\w+(?:Options|Function|Context)|Metric|Trainee)\b/gm;

it("every type of models/ that users write values of can be imported", () => {
  const files = readdirSync(`${bindings}models`).map((file) => `models/${file}`);
  const declared = files.flatMap((file) =>
    [...withoutComments(read(file)).matchAll(named)].map(([, name]) => name!),
  );
  expect(declared.length).toBeGreaterThan(15);
  expect(declared.filter((name) => !exported.has(name))).toEqual([]);
});

it("what only internal members mention is not exported", () => {
  expect(exported).toContain("Sequential");
  expect(exported).not.toContain("KerasWeight");
});
