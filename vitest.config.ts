import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { type BrowserName, chooseEngines } from "./test/engines/browsers.ts";
import { librarySource } from "./test/engines/library-source.ts";
import { nodeOnlyTests } from "./test/engines/node-only.ts";
import { providers } from "./test/engines/providers.ts";

const root = fileURLToPath(new URL(".", import.meta.url));
const source = (path: string) => new URL(`./bindings/${path}`, import.meta.url).pathname;

/** What gives a page memory that threads can share. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const inNode: TestProjectInlineConfiguration = {
  extends: true,
  test: { name: "node", environment: "node", exclude: ["test/**/*.browser.test.ts"] },
};

const inBrowser = (
  browser: BrowserName,
  path: string,
  exclude: string[],
): TestProjectInlineConfiguration => ({
  extends: true,
  server: { headers: isolation },
  test: {
    name: browser,
    exclude,
    browser: {
      enabled: true,
      headless: true,
      ui: false,
      screenshotFailures: false,
      provider: providers[browser](path),
      instances: [{ browser }],
    },
  },
});

/** Node and the browsers that are there; GATEWISE_ENGINES=node,firefox chooses. */
function projects(): TestProjectInlineConfiguration[] {
  const { node, browsers, leftOut } = chooseEngines(process.env.GATEWISE_ENGINES);
  if (leftOut.length > 0) console.warn(`Engines left out: ${leftOut.join(", ")}`);
  const exclude = nodeOnlyTests(root);
  const pages = Object.entries(browsers) as [BrowserName, string][];
  return [
    ...(node ? [inNode] : []),
    ...pages.map(([browser, path]) => inBrowser(browser, path, exclude)),
  ];
}

export default defineConfig({
  plugins: [librarySource(root)],
  resolve: {
    alias: [
      { find: /^gatewise$/, replacement: source("index.ts") },
      { find: /^gatewise\/audio$/, replacement: source("audio/index.ts") },
      { find: /^gatewise\/data$/, replacement: source("data/index.ts") },
      { find: /^gatewise\/js$/, replacement: source("js/index.ts") },
      { find: /^gatewise\/seq2seq$/, replacement: source("seq2seq/index.ts") },
      { find: /^gatewise\/terminal$/, replacement: source("terminal/index.ts") },
      { find: /^gatewise\/text$/, replacement: source("text/index.ts") },
      { find: /^gatewise\/word2vec$/, replacement: source("word2vec/index.ts") },
      { find: /^gatewise\/worklet$/, replacement: source("worklet/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 240_000, // on a machine whose cores are taken three threads wait for one another for long
    projects: projects(),
  },
});
