import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { sequenceFields } from "../../bindings/cells/sequence-table.ts";

const source = readFileSync(
  fileURLToPath(new URL("../../assembly/cells/sequence.ts", import.meta.url)),
  "utf8",
);

/** Fields of a class by name and type, in order. */
function fieldsOf(name: string): { name: string; type: string }[] {
  const body = new RegExp(`^export class ${name} \\{\\n([^]*?)^\\}`, "m").exec(source)?.[1];
  expect(body, `class ${name} in assembly/cells/sequence.ts`).toBeDefined();
  return body!
    .split("\n")
    .map((line) => line.replace(/\/\/.*/, "").trim())
    .filter((line) => line.length > 0)
    .map((line) => {
      const field = /^(\w+): (\w+);$/.exec(line);
      expect(field, `a field: ${line}`).not.toBeNull();
      return { name: field![1]!, type: field![2]! };
    });
}

const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

test("the table that the bindings fill is the one that the kernels read, word for word", () => {
  const fields = fieldsOf("Sequence");
  expect(fields.length).toBeGreaterThan(30);
  expect(fields.map((f) => camelCase(f.name))).toEqual([...sequenceFields]);
  expect(
    fields.filter((f) => !["i32", "usize", "f32"].includes(f.type)),
    "every field is one word of 4 bytes",
  ).toEqual([]);
});
