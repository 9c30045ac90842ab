import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { rollup } from "rollup";
import { describe, expect, inject, test } from "vitest";
import { documentation } from "./support/documentation.ts";
import { consumer, run } from "./support/folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { folder, tarball, files } = inject("packed");
const installed = join(folder, "node_modules/gatewise");
const read = (path: string): string => readFileSync(join(installed, path), "utf8");

interface Entry {
  readonly types: string;
  readonly default: string;
}

/** What package.json says. */
const manifest = JSON.parse(read("package.json"));
const exported = Object.entries<string | Entry>(manifest.exports);
/** The entries that have code: `[name, files]`. */
const entries = exported.filter((entry): entry is [string, Entry] => typeof entry[1] === "object");

/** Pages of docs/ for those who use the package. */
const guides = "audio coming-from equations loading overview training-in-a-worker when-not"
  .split(" ")
  .map((name) => `docs/${name}.md`);

/** What README shows of the checkout: the picture, and pages for those who work on it. */
const ofTheCheckout = [
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/figures.md",
  "docs/playground.png",
];

describe("the tarball", () => {
  test("holds what it should and nothing else", () => {
    const documents = ["CHANGELOG.md", "LICENSE", "README.md", ...guides, "package.json"];
    expect(files.filter((file) => !file.startsWith("dist/")).sort()).toEqual(documents);
    const dist = files.filter((file) => file.startsWith("dist/"));
    expect(dist.filter((file) => !/\.(?:d\.ts|js|js\.map)$/.test(file))).toEqual([
      "dist/kernels.wasm",
    ]);
    expect(dist.length).toBeGreaterThan(100);
  });

  test("has every page that its pages lead to, but for those of the checkout", () => {
    const linked = ["README.md", ...guides].flatMap((page) =>
      [...read(page).matchAll(/\]\((?![a-z]+:)([^)#\s]+)/g)].map(([, to]) =>
        join(dirname(page), to!),
      ),
    );
    expect(linked.length).toBeGreaterThan(10);
    const missing = linked.filter((file) => !files.includes(file));
    expect([...new Set(missing)].sort()).toEqual(ofTheCheckout);
  });

  test("is not large", () => {
    const bytes = readFileSync(tarball).length;
    expect(bytes).toBeGreaterThan(300_000);
    expect(bytes).toBeLessThan(1_200_000);
  });

  test("needs nothing at run time, and says which Node", () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(manifest.peerDependenciesMeta).toEqual({ "cli-progress": { optional: true } });
    expect(manifest).toMatchObject({ type: "module", sideEffects: ["./dist/worklet/index.js"] });
    expect(manifest.engines.node).toBe("^20.19.0 || >=22.12.0");
  });

  test("has every file that package.json names", () => {
    const { main, types, unpkg, jsdelivr } = manifest;
    const named = exported.flatMap(([, target]) =>
      typeof target === "string" ? [target] : Object.values<string>({ ...target }),
    );
    for (const file of [main, types, unpkg, jsdelivr, ...named])
      expect(existsSync(join(installed, file)), file).toBe(true);
    expect(manifest.exports["."]).toEqual({ types, default: main });
    expect(entries.length).toBeGreaterThanOrEqual(7);
  });
});

test("publint has nothing to say", async () => {
  const bytes = Uint8Array.from(readFileSync(tarball));
  const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  expect(messages).toEqual([]);
});

test("arethetypeswrong: nothing is, for ES modules", async () => {
  const attw = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  const untyped = exported.flatMap(([name, target]) => (typeof target === "string" ? [name] : []));
  const options = ["--profile", "esm-only", "--exclude-entrypoints", ...untyped];
  const { code, stdout } = await run(root, [attw, tarball, ...options]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("gatewise/text") });
});

/** Entries that are imported for their names; `gatewise/worklet` is there for its effect. */
const pure = entries.filter(([, entry]) => !manifest.sideEffects.includes(entry.default));

test.each(pure)("%s has no side effects, whatever package.json says", async (_, entry) => {
  const bundle = await rollup({
    input: "main",
    external: ["cli-progress"],
    plugins: [
      {
        name: "without package.json",
        resolveId: (id) => (id === "main" ? id : null),
        load: (id) => (id === "main" ? `import "${join(installed, entry.default)}"` : null),
      },
    ],
    treeshake: { propertyReadSideEffects: false }, // x.buffer is none
    onwarn: () => {}, // about the chunk that is empty
  });
  const { output } = await bundle.generate({ format: "es" });
  expect(
    output[0].code
      .replace(/^import ["']cli-progress["'];/, "")
      .trim()
      .slice(0, 500),
  ).toBe("");
});

describe("source maps", () => {
  const scripts = files.filter((file) => file.endsWith(".js"));

  test.each(scripts)("%s leads to the sources, which its map holds", (script) => {
    expect(read(script)).toMatch(/\n\/\/# sourceMappingURL=[\w.-]+\.js\.map\s*$/);
    const { sources, sourcesContent } = JSON.parse(read(`${script}.map`));
    expect(sourcesContent?.length).toBe(sources.length);
    sources.forEach((source: string, i: number) => {
      const path = resolve(root, dirname(script), source);
      expect(path.startsWith(join(root, "bindings/"))).toBe(true);
      expect(sourcesContent[i] === readFileSync(path, "utf8"), source).toBe(true);
    });
  });

  test("a stack trace shows TypeScript", async () => {
    const main = `import { LSTM } from "gatewise";\nnew LSTM(0, 1);\n`;
    const { stderr } = await run(consumer([], main), ["--enable-source-maps", "main.js"]);
    const line = readFileSync(join(root, "bindings/nn/layers.ts"), "utf8")
      .split("\n")
      .findIndex((text) =>
        text.includes("super(where, inputSize, hiddenSize, checked, createCell"),
      );
    expect(line).toBeGreaterThan(0);
    expect(stderr).toMatch(new RegExp(`bindings/nn/layers\\.ts:${line + 1}\\b`));
  });
});

describe("docstrings", () => {
  test.each(entries)("%s: every public name, member and option has one", (_, { types }) => {
    const { names, undocumented } = documentation(join(installed, types), installed);
    expect(names.length).toBeGreaterThan(0);
    expect(undocumented).toEqual([]);
  });

  test("names behind a dot count: members, inherited ones, options, objects of functions", () => {
    const { names } = documentation(join(installed, manifest.types), installed);
    for (const name of ["LSTM.hiddenSize", "Cell.parameters", "LSTMOptions.projSize"])
      expect(names).toContain(name);
    for (const name of ["layers.lstm", "callbacks.earlyStopping", "LSTMState.h", "InitOptions"])
      expect(names).toContain(name);
  });
});
