import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expected, losses, sound } from "./expected.ts";
import { type Browser, type BrowserName, isMissing, start, visit } from "./support/browsers.ts";
import { consumer, program, showing } from "./support/folder.ts";

const names: readonly BrowserName[] = ["chromium", "firefox", "webkit"];
const work = showing("work.js", "work");

/** A folder whose dist is a page of one module and those it imports when it runs. */
async function bundled(programs: readonly string[], main: string): Promise<string> {
  const folder = consumer(["index.html", ...programs], main);
  const dist = join(folder, "dist");
  await esbuild({
    absWorkingDir: folder,
    entryPoints: ["main.js"],
    outdir: "dist",
    bundle: true,
    splitting: true,
    format: "esm",
  });
  copyFileSync(join(folder, "index.html"), join(dist, "index.html"));
  return dist;
}

/** A folder with gatewise.min.js in it, the file that a CDN serves. */
function withSingleFile(programs: readonly string[], main?: string): string {
  const folder = consumer(programs, main);
  const file = "gatewise.min.js";
  copyFileSync(join(folder, "node_modules/gatewise/dist", file), join(folder, file));
  return folder;
}

/** A page's script that uses several entries, which are to share one library. */
const entriesTogether = `import { Module } from "gatewise";
import { jsKernels } from "gatewise/js";
import { LanguageModel, Vocabulary } from "gatewise/text";
import { work } from "./work.js";

const model = new LanguageModel({ vocabulary: Vocabulary.fromText("abc"), hiddenSize: 4 });
document.querySelector("output").textContent = JSON.stringify({
  ...work(),
  shared: model instanceof Module,
  js: jsKernels.name,
});
`;

const policy = (sources: string): Record<string, string> => ({
  "content-security-policy": `default-src 'self'; img-src data:; script-src ${sources}`,
});
const allowed = policy("'self' 'wasm-unsafe-eval'");
const forbidden = policy("'self'");

const workerPage = ["worker.html", "worker-page.js", "worker.js"];
const trained = { progress: losses, done: losses, ended: "AbortError" };

describe.each(names)("%s", (name) => {
  const missing = isMissing(name);
  let browser: Browser;
  beforeAll(async () => {
    if (!missing) browser = await start(name);
  });
  afterAll(() => browser?.close());
  const page = test.skipIf(missing);

  page("modules by an import map", async () => {
    const folder = consumer(["import-map.html", "work.js"], entriesTogether);
    const { result, problems } = await visit(browser, folder, "import-map.html");
    const together = { ...expected.wasm, shared: true, js: "js" };
    expect({ result, problems }).toEqual({ result: together, problems: [] });
  });

  page("the single file, by an import map", async () => {
    const folder = withSingleFile(["single-file.html", "work.js"], work);
    const { result, problems } = await visit(browser, folder, "single-file.html");
    expect({ result, problems }).toEqual({ result: expected.wasm, problems: [] });
  });

  page("the single file, by its address", async () => {
    const folder = withSingleFile(["one-script.html"]);
    const { result, problems } = await visit(browser, folder, "one-script.html");
    expect({ result, problems }).toEqual({ result: [2, 5, 16], problems: [] });
  });

  page("training in a worker, with progress and cancel, bundled by Vite", async () => {
    const folder = consumer([...workerPage, "training.js"]);
    await vite({
      root: folder,
      logLevel: "silent",
      build: { rolldownOptions: { input: join(folder, "worker.html") } },
    });
    const { result, problems } = await visit(browser, join(folder, "dist"), "worker.html");
    expect({ result, problems }).toEqual({ result: trained, problems: [] });
  });

  page("the same with the single file and no bundler", async () => {
    const folder = withSingleFile(workerPage);
    const training = program("training.js").replace('"gatewise"', '"./gatewise.min.js"');
    writeFileSync(join(folder, "training.js"), training);
    const { result, problems } = await visit(browser, folder, "worker.html");
    expect({ result, problems }).toEqual({ result: trained, problems: [] });
  });

  page("a strict policy with 'wasm-unsafe-eval'", async () => {
    const folder = await bundled(["work.js"], work);
    const { result, problems } = await visit(browser, folder, "index.html", allowed);
    expect({ result, problems }).toEqual({ result: expected.wasm, problems: [] });
  });

  page("a policy without it: a clear error", async () => {
    const folder = await bundled(["unconfigured.js"], showing("unconfigured.js", "attempt"));
    const { result } = await visit(browser, folder, "index.html", forbidden);
    expect(result).toMatch(
      /^gatewise: compiling WebAssembly is forbidden here; allow 'wasm-unsafe-eval' in script-src of the page's Content-Security-Policy.*gatewise\/js/,
    );
  });

  page("a policy without it: gatewise/js", async () => {
    const programs = ["fallback.js", "fallen-back.js", "work.js"];
    const folder = await bundled(programs, showing("fallen-back.js", "work"));
    const { result, problems } = await visit(browser, folder, "index.html", forbidden);
    expect(result).toEqual(expected.js);
    for (const problem of problems) expect(problem).toMatch(/Content.Security.Policy/);
  });

  page("a stream on the audio thread, by an import map", async () => {
    const folder = consumer(["worklet.html", "worklet-page.js", "sound.js", "work.js"]);
    const { result, problems } = await visit(browser, folder, "worklet.html");
    expect({ result, problems }).toEqual({ result: sound, problems: [] });
  });

  page(
    "a stream on the audio thread, bundled by Vite, without a policy and with a strict one",
    async () => {
      const programs = ["index.html", "worklet-vite.js", "sound.js", "work.js"];
      const folder = consumer(programs, `import "./worklet-vite.js";\n`);
      await vite({ root: folder, logLevel: "silent" });
      for (const headers of [{}, allowed]) {
        const visited = await visit(browser, join(folder, "dist"), "index.html", headers);
        expect(visited, JSON.stringify(headers)).toEqual({ result: sound, problems: [] });
      }
    },
  );
});

describe("Chromium without SIMD", () => {
  test.skipIf(isMissing("chromium"))("falls back to gatewise/js", async () => {
    const browser = await start("chromium", "--js-flags=--no-enable-sse4-1");
    try {
      const programs = ["fallback.js", "fallen-back.js", "work.js"];
      const folder = await bundled(programs, showing("fallen-back.js", "work"));
      const { result, problems } = await visit(browser, folder, "index.html");
      expect({ result, problems }).toEqual({ result: expected.js, problems: [] });
    } finally {
      await browser.close();
    }
  });
});
