import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expected, sound } from "./expected.ts";
import { type Browser, isMissing, start, visit } from "./support/browsers.ts";
import { bundlers } from "./support/bundlers.ts";
import { consumer, program, showing } from "./support/folder.ts";

const missing = isMissing("chromium");
let browser: Browser;
beforeAll(async () => {
  if (!missing) browser = await start("chromium");
});
afterAll(() => browser?.close());

const bundled = (folder: string): string => readFileSync(join(folder, "dist/bundle.js"), "utf8");

test.skipIf(missing).each(["Vite 8", "webpack 5"])(
  "%s finds the file for the audio thread by new URL",
  async (name) => {
    const main = `import "./worklet-url.js";\n`;
    const folder = consumer(["worklet-url.js", "sound.js", "work.js"], main);
    expect(await bundlers[name]!(folder)).toEqual([]);
    const page = program("index.html").replace("./main.js", "./bundle.js");
    writeFileSync(join(folder, "dist/index.html"), page);
    expect(await visit(browser, join(folder, "dist"), "index.html")).toEqual({
      result: sound,
      problems: [],
    });
  },
);

describe.each(Object.entries(bundlers))("%s", (_, bundle) => {
  test.skipIf(missing)("a bundle that runs in Chromium", async () => {
    const folder = consumer(["work.js"], showing("work.js", "work"));
    expect(await bundle(folder)).toEqual([]);
    const page = program("index.html").replace("./main.js", "./bundle.js");
    writeFileSync(join(folder, "dist/index.html"), page);
    expect(await visit(browser, join(folder, "dist"), "index.html")).toEqual({
      result: expected.wasm,
      problems: [],
    });
  });

  test("of an import of nothing nothing is left", async () => {
    const folder = consumer([], `import "gatewise";\nimport "gatewise/text";\n`);
    await bundle(folder);
    expect(bundled(folder).length).toBeLessThan(100);
  });

  test("an LSTM is below 30,000 bytes, minified, gzip", async () => {
    const folder = consumer([], `import { LSTM } from "gatewise";\nglobalThis.LSTM = LSTM;\n`);
    expect(await bundle(folder)).toEqual([]);
    // Rollup does not do it itself; it does no harm to the others.
    const { code } = await transform(bundled(folder), { minify: true, format: "esm" });
    const bytes = gzipSync(code, { level: 9 }).length;
    expect(bytes).toBeGreaterThan(15_000);
    expect(bytes).toBeLessThan(30_000);
  });
});
