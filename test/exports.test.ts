import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const bindings = fileURLToPath(new URL("../bindings/", import.meta.url));
const read = (file: string): string => readFileSync(`${bindings}${file}`, "utf8");
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");

/** The names in the lists that a file exports: as they are declared, as they are exported, and the file they come from. */
const listed = (file: string): (readonly [declared: string, as: string, from: string])[] =>
  [...read(file).matchAll(/export (?:type )?\{([^}]*)\}(?: from "(.+)")?/g)].flatMap(
    ([, names, from = ""]) =>
      [...names!.matchAll(/(?:type )?(\w+)(?: as (\w+))?/g)].map(
        ([, declared, as]) => [declared!, as ?? declared!, join(dirname(file), from)] as const,
      ),
  );

const exported = new Set(listed("index.ts").map(([declared]) => declared));

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

it("no two entries call different things by the same name", () => {
  const paths = readdirSync(bindings, { recursive: true, encoding: "utf8" });
  const entries = paths.filter((path) => /^(\w+.)?index\.ts$/.test(path));
  const things = entries.flatMap((entry) => listed(entry).map(([, as, from]) => `${as} ${from}`));
  const names = [...new Set(things)].map((thing) => thing.split(" ")[0]!);
  expect(names).toContain("Word2VecFitOptions");
  // Batches: what fit takes, and what gatewise/data makes, which is one of them.
  expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual(["Batches"]);
});
