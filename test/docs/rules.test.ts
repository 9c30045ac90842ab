import { describe, expect, test } from "vitest";
import { folderOf } from "./programs.ts";
import { column, tableProgram } from "./tables.ts";

/** A page of such blocks: [fence, text]. */
const page = (...blocks: readonly (readonly [fence: string, text: string])[]) => ({
  path: "docs/page.md",
  text: blocks
    .map(([fence, text]) => `\`\`\`${fence}\n${text}\n\`\`\`\n`)
    .join("\nSome words.\n\n"),
});

describe("what blocks of a page come to", () => {
  test("programs, what continues them, what they print, files, what is not run", () => {
    const { files, programs } = folderOf(
      page(
        ["js", "const a = 1;"],
        ["js", "// continues\nconsole.log(a);"],
        ["text output", "1"],
        ["ts", "// model.ts\nexport {};"],
        ["html", "<!-- index.html -->\n<p>"],
        ["js no-run: needs a microphone", "listen();"],
        ["sh", "npm ci"],
        ["text", "h' = f(x)"],
        ["ts", "let b: 2;"],
      ),
    );
    expect(Object.keys(files).sort()).toEqual([
      "index.html",
      "model.ts",
      "program-1.js",
      "program-2.ts",
    ]);
    expect(files["program-1.js"]).toBe("const a = 1;\n// continues\nconsole.log(a);\n");
    expect(programs.map(({ output }) => output)).toEqual(["1\n", undefined]);
    expect(programs[0]!.at).toBe("docs/page.md:2");
  });

  test.each([
    ["output without a program", [["text output", "1"]]],
    ["something continued that is not there", [["js", "// continues\nf();"]]],
    [
      "a continuation in another language",
      [
        ["js", "f();"],
        ["ts", "// continues\ng();"],
      ],
    ],
    ["an unknown note", [["js skip", "f();"]]],
    ["no reason for not being run", [["js no-run:", "f();"]]],
    ["an unknown language", [["rust", "fn main() {}"]]],
    ["a page without a name", [["html", "<p>"]]],
  ] as const)("refused: %s", (_, blocks) => {
    expect(() => folderOf(page(...blocks))).toThrow(/docs\/page\.md:\d+: expected/);
  });

  test("refused: a copy that is none", () => {
    const text = (file: string) => `<!-- ${file} -->\n\`\`\`js\nnothing of the kind\n\`\`\`\n`;
    const path = "docs/page.md";
    expect(() => folderOf({ path, text: text("test/docs/pages.ts") })).toThrow(/something else/);
    expect(() => folderOf({ path, text: text("scripts/tally.mjs") })).toThrow(/a file of test/);
  });
});

describe("tables", () => {
  const text =
    "```ts\nconst a = 1;\n```\n\n| Other | Gatewise |\n|---|---|\n| `b` | `a === 1` `const c = a;` |\n";

  test("a column is found by its heading", () => {
    const found = { at: "docs/page.md:7", code: ["a === 1", "const c = a;"] };
    expect(column({ path: "docs/page.md", text }, "Gatewise")).toEqual([found]);
    expect(column({ path: "docs/page.md", text }, "Elsewhere")).toEqual([]);
  });

  test("code goes on from the first program; what is false throws", () => {
    const program = tableProgram({ path: "docs/page.md", text })!;
    expect(program).toMatch(
      /^const a = 1;\n[\s\S]*holds\("docs\/page\.md:7", a === 1\);\nconst c = a;/,
    );
  });
});
